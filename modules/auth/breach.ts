import "#messaging";
