using System.CommandLine;
using Patron.Demo;
using Patron.Hosting;
using Patron.PrivatePostgres;
using Patron.Shared;
using Patron.Shared.Callers;

namespace Patron.CommandLine;

/// <summary><c>patron serve</c>: the server.</summary>
internal static class ServeCommand
{
    public static Command Build()
    {
        var command = new Command("serve", "Run the server.");
        var common = new CommonOptions(command);
        var urls = new Option<string?>("--urls")
        {
            Description = "Where to listen, several separated by semicolons. [default: http://127.0.0.1:8000, or 8001, 8002 for the roles accounts, customers]",
            HelpName = "URLS",
        };
        var demo = new Option<bool>("--demo") { Description = "Fill an empty home organization with a made-up company of some 2 000 customers first." };
        command.Options.Add(urls);
        command.Options.Add(demo);
        command.SetAction((line, cancellation) => Running.GuardAsync(async () =>
        {
            var settings = common.Read(line);
            var addresses = (line.GetValue(urls) ?? Environment.GetEnvironmentVariable("ASPNETCORE_URLS") ?? CommonOptions.DefaultUrl(settings.Role))
                .Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            using var logs = LoggerFactory.Create(logging => Logs.Configure(logging, settings));
            await using var database = await OpenDatabase.OpenAsync(settings, logs, cancellation);
            if (line.GetValue(demo))
            {
                await using var services = await Running.StartServicesAsync(settings, database.ConnectionString, cancellation);
                await DemoCompany.FillAsync(services, Caller.System(settings.Home.Id), cancellation);
            }

            await using var app = PatronServer.Build(settings, database.ConnectionString, addresses, builder => Guard(builder, database.Server));
            var start = app.Services.GetRequiredService<StartSignal>().Done;
            await app.RunAsync(cancellation);
            return start.IsFaulted ? throw start.Exception!.InnerException! : 0;
        }));
        return command;
    }

    private static void Guard(WebApplicationBuilder builder, PrivatePostgresServer? server)
    {
        if (server is not null)
        {
            builder.Services.AddSingleton(server).AddHostedService<PrivatePostgresGuard>();
        }
    }
}
