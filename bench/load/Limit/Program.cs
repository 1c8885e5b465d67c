// The upper limit of this machine: plain Kestrel handlers over Patron's own table, with prepared statements and
// source-generated JSON, without tokens, rules and middleware. bench/load compares Patron with it; nothing else uses it.
// Call: limit URL CONNECTION_STRING
using Limit;
using Npgsql;

var builder = WebApplication.CreateSlimBuilder();
builder.WebHost.UseUrls(args[0]);
builder.Logging.ClearProviders();
builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);

// The pool has the same size as Patron's.
var connection = new NpgsqlConnectionStringBuilder(args[1])
{
    MaxPoolSize = 16,
    MaxAutoPrepare = 64,
    AutoPrepareMinUsages = 1,
    NoResetOnClose = true,
    ApplicationName = "limit",
};
await using var source = NpgsqlDataSource.Create(connection);

var app = builder.Build();
var reading = new Reading(source);
var searching = new Searching(source);
var writing = new Writing(source);
app.MapGet("/api/v1/customers/{customer_id}", reading.GetAsync);
app.MapGet("/api/v1/customers/", reading.ListAsync);
app.MapGet("/counted/api/v1/customers/", reading.ListCountedAsync);
app.MapPost("/api/v1/customers/search", searching.SearchAsync);
app.MapPost("/api/v1/customers/", writing.CreateAsync);
await app.RunAsync();
