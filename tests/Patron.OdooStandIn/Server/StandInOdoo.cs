using System.Diagnostics;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Patron.OdooStandIn.Company;
using Patron.OdooStandIn.Models;

namespace Patron.OdooStandIn.Server;

/// <summary>
/// An Odoo server over a company in memory: JSON-RPC, JSON-2 from version 19 on, and the calls of OdooRPC. It closes every connection after
/// its response, like real servers.
/// </summary>
public sealed class StandInOdoo : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly JsonRpcService jsonRpc;
    private readonly Json2Service json2;
    private readonly WebService web;
    private bool isStopped;

    private StandInOdoo(StandInCompany company, StandInSettings settings)
    {
        (Company, Settings) = (company, settings);
        jsonRpc = new JsonRpcService(company, settings);
        json2 = new Json2Service(company, settings);
        web = new WebService(company, settings, jsonRpc);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(settings.Url).ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = null;
            if (settings.HasWorkers)
            {
                kestrel.ConfigureEndpointDefaults(endpoint => ((IConnectionBuilder)endpoint).Use(PreforkProtocol.Use));
            }
        });
        app = builder.Build();
        app.Run(HandleAsync);
    }

    public StandInCompany Company { get; }

    public StandInSettings Settings { get; }

    public CallLog Book { get; } = new();

    public Uri Url { get; private set; } = null!;

    public string Database => Settings.Database;

    /// <summary>The login, password and API key of Patron's user.</summary>
    public string Login => Company.Robot.Login;

    public string Password => Company.Robot.Password;

    public string ApiKey => Company.Robot.Key!;

    public static async Task<StandInOdoo> StartAsync(StandInCompany company, StandInSettings? settings = null)
    {
        var odoo = new StandInOdoo(company, settings ?? new StandInSettings());
        await odoo.app.StartAsync();
        odoo.Url = new Uri(odoo.app.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.First());
        return odoo;
    }

    /// <summary>Runs until the process is stopped.</summary>
    public Task WaitAsync() => ((IHost)app).WaitForShutdownAsync();

    /// <summary>Stops the server; connections are refused afterwards.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!isStopped)
        {
            isStopped = true;
            using var now = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
            await app.StopAsync(now.Token);
            await app.DisposeAsync();
        }
    }

    private async Task HandleAsync(HttpContext http)
    {
        http.Response.Headers.Connection = "close";
        var watch = Stopwatch.StartNew();
        var body = await ReadAsync(http);
        var (model, method) = Subject(http.Request.Path, body);
        var fault = Book.Enter(model, method);
        try
        {
            if (fault is not null && await FailAsync(http, fault.Value))
            {
                return;
            }

            var answer = fault == Fault.BusyDatabase ? Busy(http.Request.Path, body) : Answer(http, body);
            var least = Settings.PerCall + (Settings.PerThousandRows * (answer.Rows / 1000.0));
            if (least > watch.Elapsed)
            {
                await Task.Delay(least - watch.Elapsed, http.RequestAborted);
            }

            await SendAsync(http, fault == Fault.BadJson ? answer with { Body = [.. answer.Body[..(answer.Body.Length / 2)], .. "[{"u8] } : answer);
        }
        finally
        {
            Book.Leave();
        }
    }

    private static (string Model, string Method) Subject(PathString path, JsonElement? body)
    {
        var parts = path.Value!.Split('/', StringSplitOptions.RemoveEmptyEntries);
        return parts is ["json", "2", var model, var method] ? (model, method) : path == "/jsonrpc" && body is { } request ? JsonRpcService.Subject(request) : ("web", path.Value.TrimStart('/'));
    }

    private Answer Answer(HttpContext http, JsonElement? body)
    {
        var parts = http.Request.Path.Value!.Split('/', StringSplitOptions.RemoveEmptyEntries);
        var (isPost, isJson) = (HttpMethods.IsPost(http.Request.Method), http.Request.HasJsonContentType());
        lock (Company.Gate)
        {
            return parts switch
            {
                ["web", "health"] => Server.Answer.Json(new System.Text.Json.Nodes.JsonObject { ["status"] = "pass" }),
                ["web" or "json", "version"] => web.Version(),
                ["json", "2", ..] when Company.Version < 19 => Server.Answer.NotFound(),
                ["json", "2", ..] when !isPost || parts.Length != 4 => Json2Service.WrongMethod(),
                ["json", "2", ..] when !isJson => WrongType("json2"),
                ["json", "2", var model, var method] => json2.Handle(model, method, http.Request.Headers.Authorization, http.Request.Headers["X-Odoo-Database"].FirstOrDefault(), body),
                ["jsonrpc"] or ["web", "webclient", "version_info"] or ["web", "session", _] when !isPost || !isJson => WrongType("jsonrpc"),
                ["jsonrpc"] => jsonRpc.Handle(body),
                ["web", "webclient", "version_info"] when body is { } request => web.VersionInfo(request),
                ["web", "session", "authenticate"] when body is { } request => web.Authenticate(request),
                ["web", "session", "destroy"] when body is { } request => web.Destroy(request),
                _ => Server.Answer.NotFound(),
            };
        }
    }

    private Answer WrongType(string type) => Company.Version < 19
        ? Server.Answer.Page(400, "Bad Request", $"Request inferred type is compatible with [&#39;http&#39;] but the route is type=&#39;{type}&#39;.")
        : Server.Answer.Page(415, "Unsupported Media Type", $"Request inferred type is compatible with [&#39;http&#39;] but the route is type=&#39;{type}&#39;.");

    private Answer Busy(PathString path, JsonElement? body)
    {
        var busy = new OdooError("psycopg2.OperationalError", "FATAL:  sorry, too many clients already\n", 500);
        return path == "/jsonrpc" ? jsonRpc.Envelope(body ?? default, () => throw busy) : Server.Answer.Json(Server.Answer.Describe(busy), busy.Status);
    }

    // True where the fault replaces the response.
    private static async Task<bool> FailAsync(HttpContext http, Fault fault)
    {
        switch (fault)
        {
            case Fault.BadGateway:
                await SendAsync(http, Server.Answer.Html(502, "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body><center><h1>502 Bad Gateway</h1></center></body>\r\n</html>\r\n"));
                return true;
            case Fault.HtmlError:
                await SendAsync(http, Server.Answer.Page(500, "Internal Server Error", "The server encountered an internal error and was unable to complete your request."));
                return true;
            case Fault.HtmlAnswer:
                await SendAsync(http, Server.Answer.Html(200, "<html><body><h1>We are back at noon</h1></body></html>"));
                return true;
            case Fault.DropConnection:
                http.Abort();
                return true;
            case Fault.Hang:
                await Task.Delay(Timeout.InfiniteTimeSpan, http.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
                return true;
            default:
                return false;
        }
    }

    private static async Task<JsonElement?> ReadAsync(HttpContext http)
    {
        try
        {
            using var document = await JsonDocument.ParseAsync(http.Request.Body, cancellationToken: http.RequestAborted);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static async Task SendAsync(HttpContext http, Answer answer)
    {
        http.Response.StatusCode = answer.Status;
        http.Response.ContentType = answer.ContentType;
        http.Response.ContentLength = answer.Body.Length;
        await http.Response.Body.WriteAsync(answer.Body, http.RequestAborted);
    }
}
