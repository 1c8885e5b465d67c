using System.Globalization;
using Patron.OdooStandIn.Company;
using Patron.OdooStandIn.Server;

// A stand-in for Odoo, for experiments and measurements: --urls, --partners, --version, --workers, --pace (43 ms for 1000 rows, like a real
// 19).
string? Option(string name) => Array.IndexOf(args, name) is var at and >= 0 && at + 1 < args.Length ? args[at + 1] : null;

var version = int.Parse(Option("--version") ?? "19", CultureInfo.InvariantCulture);
var company = Option("--partners") is { } partners ? StandInCompany.Generated(int.Parse(partners, CultureInfo.InvariantCulture), version) : StandInCompany.Typical(version);
await using var odoo = await StandInOdoo.StartAsync(company, new StandInSettings
{
    Url = Option("--urls") ?? "http://127.0.0.1:8069",
    HasWorkers = args.Contains("--workers"),
    PerThousandRows = args.Contains("--pace") ? TimeSpan.FromMilliseconds(43) : TimeSpan.Zero,
});
Console.WriteLine($"Odoo__Url={odoo.Url}");
Console.WriteLine($"Odoo__Database={odoo.Database}");
Console.WriteLine($"Odoo__User={odoo.Login}");
Console.WriteLine($"Odoo__ApiKey={odoo.ApiKey}");
await odoo.WaitAsync();
