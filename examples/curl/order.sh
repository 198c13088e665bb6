#!/bin/sh
# Places a market order with curl and follows it with websocat to its end, over any number of cut connections.
#   ENGINE_URL=http://127.0.0.1:3000 ENGINE_USER=user123 sh examples/curl/order.sh [buy|sell] [amount]
# With ENGINE_KEY, an API key or a token, ENGINE_USER is not needed.
set -eu

url=${ENGINE_URL:-http://127.0.0.1:3000}
if [ -n "${ENGINE_KEY:-}" ]; then
  who="authorization: Bearer $ENGINE_KEY"
  stream="ws${url#http}/ws?since="
else
  who="x-user-id: ${ENGINE_USER:-user123}"
  stream="ws${url#http}/ws?userId=${ENGINE_USER:-user123}&since="
fi

ask() { curl -sS --fail-with-body --retry 5 --retry-all-errors --retry-delay 1 -H "$who" "$@"; }
# The first member of that name outside of objects within: enough for what is read here.
member() { sed -n "s/^[^{]*{[^{}]*\"$1\":\"\{0,1\}\([^\",}]*\).*/\1/p"; }

# A lost answer leaves the outcome unknown; under the same key the repeat makes no second order.
answer=$(ask "$url/orders/execute" -H 'content-type: application/json' -H "idempotency-key: order-$$-$(date +%s)" \
  -d "{ \"baseToken\": \"SOL\", \"quoteToken\": \"USDC\", \"amount\": \"${2:-2.5}\", \"side\": \"${1:-buy}\" }")
order=$(echo "$answer" | member orderId)

# The order's acceptance is its first event: everything after the event before that is to be seen.
events=$(ask "$url/orders/$order/events")
first=$(echo "$events" | sed 's/^{"events":\[//' | member sequence)
last=$((first - 1))

folder=$(mktemp -d)
watcher=
trap 'kill $watcher 2>/dev/null || true; rm -rf "$folder"' EXIT
mkfifo "$folder/frames"

ended=
while [ -z "$ended" ]; do
  websocat -U -H="$who" "$stream$last" >"$folder/frames" 2>/dev/null &
  watcher=$!
  while read -r frame; do
    [ "$(echo "$frame" | member type)" = order_status_update ] || continue
    sequence=$(echo "$frame" | member sequence)
    # Sequences have no gaps: what came before was seen already.
    [ "$sequence" -gt "$last" ] || continue
    last=$sequence
    [ "$(echo "$frame" | member orderId)" = "$order" ] || continue
    status=$(echo "$frame" | member status)
    echo "$sequence $status/$(echo "$frame" | member stage)"
    case $status in completed | failed | cancelled)
      ended=$status
      break
      ;;
    esac
  done <"$folder/frames"
  kill "$watcher" 2>/dev/null || true
  wait "$watcher" 2>/dev/null || true
  [ -n "$ended" ] || {
    echo "cut: connecting again from $last" >&2
    sleep 1
  }
done

ask "$url/orders/$order"
echo
[ "$ended" = completed ]
