-- The load for wrk: OP=get|list|first_100|first_page|deep_page|search|search_name|statistics|profile|login|sign_up|create|change, the same requests for every contestant.
-- BASE is where its customers are, TOKEN its access token if it wants one, ROWS how many customers there were at the beginning;
-- with CHECK the first answer that is no success ends wrk.
local op, base, token = os.getenv("OP"), os.getenv("BASE"), os.getenv("TOKEN")
local rows = tonumber(os.getenv("ROWS"))
local headers = { ["Content-Type"] = "application/json", ["Accept"] = "application/json" }
if token then headers["Authorization"] = "Bearer " .. token end

local threads = 0
function setup(thread)
  threads = threads + 1
  thread:set("id", threads)
end

local started
local sent = 0
function init()
  started = os.time()
  math.randomseed(started + id * 7919)
end

-- Each is the name of very many; without accents, which the peer does not look past.
local names = { "john", "jane", "olga", "ruth", "smith", "doe", "chen", "khan" }

local function search(text)
  return wrk.format("POST", base .. "/search", headers, string.format('{"query":"%s","page":1,"limit":10}', text))
end

local operations = {
  get = function()
    return wrk.format("GET", string.format("%s/CUST_%08X", base, math.random(1, rows)), headers)
  end,
  list = function()
    return wrk.format("GET", string.format("%s/?skip=%d&limit=100", base, math.random(0, rows / 2)), headers)
  end,
  first_100 = function()
    return wrk.format("GET", base .. "/?limit=100", headers)
  end,
  first_page = function()
    return wrk.format("GET", string.format("%s/?limit=%s", base, os.getenv("PAGE_SIZE")), headers)
  end,
  deep_page = function()
    return wrk.format("GET", string.format("%s/?limit=%s&cursor=%s", base, os.getenv("PAGE_SIZE"), os.getenv("CURSOR")), headers)
  end,
  search = function()
    return search("user" .. math.random(1, rows))
  end,
  search_name = function()
    return search(names[math.random(#names)])
  end,
  statistics = function()
    return wrk.format("GET", base .. "/statistics/overview", headers)
  end,
  login = function()
    return wrk.format("POST", "/api/auth/login/", headers, os.getenv("LOGIN"))
  end,
  profile = function()
    return wrk.format("GET", base .. "/profile/", headers)
  end,
  sign_up = function()
    sent = sent + 1
    return wrk.format("POST", "/api/method/rockettradeline.api.auth.sign_up", headers, string.format(
      '{"email":"signup-%d-%d-%d-%d@example.com","full_name":"Load Test","password":"bench needs one 7","phone":"+1-555-0123"}',
      started, id, sent, math.random(1, 999999)))
  end,
  change = function()
    local number = math.random(1, 999999999)
    return wrk.format("PUT", string.format("%s/CUST_%08X/", base, math.random(1, rows)), headers, string.format(
      '{"city":"City %d","company_name":"Company %d","postal_code":"%d"}', number % 100, number, number % 100000))
  end,
  create = function()
    sent = sent + 1
    local unique = string.format("%d-%d-%d-%d", started, id, sent, math.random(1, 999999))
    return wrk.format("POST", base .. "/", headers, string.format(
      '{"first_name":"Load%d","last_name":"Test%d%d","email":"load-%s@example.com","phone":"+1-555-0123","address_line1":"1 Main",'
      .. '"city":"New York","state":"NY","postal_code":"10001","country":"USA","tags":"a,b"}',
      math.random(1, 999999999), id, sent, unique))
  end,
}

request = operations[op]

if os.getenv("CHECK") then
  function response(status, _, body)
    if status < 200 or status > 299 then
      io.stderr:write(string.format("%s was answered with %d: %s\n", op, status, body))
      os.exit(1)
    end
  end
end

-- The last line: one JSON object. Times are microseconds.
function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '{"requests": %d, "duration": %d, "p50": %d, "p95": %d, "p99": %d, "refused": %d, "broken": %d}\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(95), latency:percentile(99),
    errors.status, errors.connect + errors.read + errors.write + errors.timeout))
end
