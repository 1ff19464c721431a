declare global {
  namespace App {
    interface PageState {
      detailsOpen?: boolean;
    }
  }
}

export {};
