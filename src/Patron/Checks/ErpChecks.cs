using Microsoft.Extensions.Logging.Abstractions;
using Patron.CommandLine;
using Patron.Erp;
using Patron.ErpFiles;
using Patron.Odoo;
using Patron.Odoo.Client;
using Patron.Odoo.Dashboard;
using Patron.Shared.Checks;

namespace Patron.Checks;

/// <summary>The checks of <c>patron doctor</c> for the company's ERP: an Odoo, or a folder of files.</summary>
internal static class ErpChecks
{
    // One result for Odoo itself and, if it answers, one for each section of the dashboard.
    public static async Task<IReadOnlyList<CheckResult>> CheckOdooAsync(OdooOptions options, CancellationToken cancellationToken)
    {
        using var http = OdooModule.CreateHttpClient();
        using var odoo = new OdooClient(
            options, http, TimeProvider.System, NullLogger<OdooClient>.Instance, new OdooCallLimits { Attempts = 1 });
        try
        {
            var version = await odoo.VersionAsync(cancellationToken);
            var partners = await odoo.CountAsync("res.partner", OdooDomain.All, cancellationToken);
            var sections = await DashboardCheck.RunAsync(odoo, options, DateOnly.FromDateTime(DateTime.UtcNow), cancellationToken);
            return
            [
                new CheckResult(
                    "odoo", true, $"{options.Url} is Odoo {version.Text} and shows {CommandOutput.Count(partners, "active partner")}"),
                .. sections.Select(section => new CheckResult($"odoo {section.Section}", section.IsGood, section.Message)),
            ];
        }
        catch (OdooException failure)
        {
            return [new CheckResult("odoo", false, $"{options.Url}: {failure.Message}")];
        }
    }

    // Reads the files like a sync run, to report what would fail or be skipped.
    public static async Task<CheckResult> CheckFilesAsync(FilesOptions options, CancellationToken cancellationToken)
    {
        try
        {
            var files = new PartnerFolder(options.Folder).FindFiles().Count;
            var (partners, unreadable) = (0L, new List<PartnerIssue>());
            await foreach (var page in new FilesConnector(options, TimeProvider.System).ReadPagesAsync(since: null, after: null,
                cancellationToken))
            {
                partners += page.Partners.Count;
                unreadable.AddRange(page.Unreadable);
            }

            var read = $"{options.Folder} has {CommandOutput.Count(partners, "partner")} in {CommandOutput.Count(files, "file")}";
            return unreadable.Count == 0
                ? new CheckResult("erp", true, read)
                : new CheckResult(
                    "erp", false,
                    $"{read}, and {CommandOutput.Count(unreadable.Count, "partner")} that can't be read, such as {unreadable[0].PartnerId}: {unreadable[0].Reason}");
        }
        catch (ErpException failure)
        {
            return new CheckResult("erp", false, failure.Message);
        }
    }
}
