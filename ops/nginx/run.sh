# What runs as nginx in compose.prod.yml. `run.sh reload`, inside of it, takes up a configuration or a certificate that
# is new, and does nothing when none is: at each reload a call may be lost that comes on a connection that is closed
# just then for being idle.
set -eu
conf=/etc/nginx/own/nginx.conf
there_is() { cat /etc/nginx/own/* /etc/nginx/certs/*.pem | sha256sum; }

if [ "${1:-}" = reload ]; then
  # Before that it has read nothing yet.
  [ -e /run/taken ] || exit 0
  new=$(there_is)
  [ "$new" != "$(cat /run/taken)" ] || exit 0
  nginx -c $conf -s reload
  echo "$new" > /run/taken
  exit
fi

# From nginx 1.27.4 on, idle connections stay open after a reload until their next call was answered, or for so long.
echo "keepalive_min_timeout 5s;" > /run/since-1.27.4.conf
nginx -t -q -c $conf 2> /dev/null || rm /run/since-1.27.4.conf
taken=$(there_is)
echo "$taken" > /run/taken
# Four times a day, for a certificate that was renewed without a word.
while sleep 21600; do sh "$0" reload || true; done &
exec nginx -c $conf -g "daemon off;"
