-- wrk's side of the load: one request per call, its path and body filled from templates.
-- Arguments after `--`: method, path, body ('' for none), API key ('' for none), keyed ('yes' sends an Idempotency-Key),
-- profiles, posts (how many were filled), seed.
-- Placeholders: {profile}, {post}, {waiting} (a post that is still scheduled), {n} (counts requests).
local method, path, body, keyed, profiles, posts, seed
local headers = {}
local n = 0

local function pick(count)
  return math.random(0, math.max(count, 1) - 1)
end

local values = {
  profile = function() return string.format('01900000-0000-7000-8000-%012x', pick(profiles)) end,
  post = function() return string.format('01900000-0000-7000-9000-%012x', pick(posts)) end,
  waiting = function() return string.format('01900000-0000-7000-9000-%012x', pick(posts / 10) * 10 + 9) end,
  n = function() return tostring(n) end,
}

local function filled(template)
  return (template:gsub('{(%l+)}', function(name) return values[name] and values[name]() or nil end))
end

function init(args)
  method, path, body, keyed = args[1], args[2], args[3], args[5] == 'yes'
  profiles, posts, seed = tonumber(args[6]), tonumber(args[7]), args[8]
  math.randomseed(tonumber(seed))
  if args[4] ~= '' then headers['X-API-Key'] = args[4] end
  if body ~= '' then headers['Content-Type'] = 'application/json' end
end

function request()
  n = n + 1
  if keyed then headers['Idempotency-Key'] = 'bench-' .. seed .. '-' .. n end
  return wrk.format(method, filled(path), headers, body ~= '' and filled(body) or nil)
end

function done(summary, latency)
  local e = summary.errors
  io.write(string.format(
    '\nfigures {"count":%d,"us":%d,"p50":%d,"p99":%d,"max":%d,"refused":%d,"broken":%d}\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99), latency.max, e.status,
    e.connect + e.read + e.write + e.timeout
  ))
end
