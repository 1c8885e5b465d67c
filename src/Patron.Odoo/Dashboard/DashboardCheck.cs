using Patron.Erp.Dashboards;
using Patron.Odoo.Client;

namespace Patron.Odoo.Dashboard;

/// <summary>
/// The result of checking a dashboard section, and what to do about a failure. A module that is not installed is not a failure.
/// </summary>
public sealed record SectionCheck(string Section, bool IsGood, string Message);

/// <summary>
/// Reads each section like the dashboard, and lines like an opened document, for a partner that does not exist: the same models, fields and
/// conditions, without any customer's documents.
/// </summary>
public static class DashboardCheck
{
    private const long NoPartner = int.MaxValue;
    private const long NoDocument = int.MaxValue;

    private const string MissingRight =
        "In Odoo, give it the group 'Show Accounting Features - Readonly' (account.group_account_readonly), which suffices for the whole dashboard; Enterprise's helpdesk has groups of its own.";

    public static async Task<IReadOnlyList<SectionCheck>> RunAsync(
        OdooClient client, OdooOptions options, DateOnly today, CancellationToken cancellationToken)
    {
        var invoices = new InvoiceReader(client, new OdooPortal(options), today);
        return await Task.WhenAll(
            CheckAsync("services", () => ServiceReader.ReadAsync(client, NoPartner, cancellationToken)),
            CheckAsync("billing", () => invoices.ReadAsync(NoPartner, DocumentQuery.Latest, cancellationToken)),
            CheckArrearsAsync(client, invoices, cancellationToken),
            CheckAsync("tickets", () => TicketReader.ReadAsync(client, NoPartner, DocumentQuery.Latest, cancellationToken)),
            CheckAsync("orders", () => ReadOrdersAsync(client, cancellationToken)));
    }

    private static async Task<SectionCheck> CheckArrearsAsync(
        OdooClient client, InvoiceReader invoices, CancellationToken cancellationToken)
    {
        var check = await CheckAsync("arrears", () => invoices.ReadArrearsAsync(NoPartner, cancellationToken));
        return check.IsGood && !await invoices.MayReadInstalmentsAsync(NoPartner, cancellationToken)
            ? check with
                { IsGood = false, Message = $"The user that Patron works with in Odoo may not read account.move.line, so an invoice in instalments is overdue only when its last one is, and customers cannot open any. {MissingRight}" }
            : check;
    }

    private static async Task ReadOrdersAsync(OdooClient client, CancellationToken cancellationToken)
    {
        await OrderReader.ReadAsync(client, NoPartner, DocumentQuery.Latest, cancellationToken);
        await OrderReader.ReadLinesAsync(client, NoPartner, NoDocument, cancellationToken);
    }

    private static async Task<SectionCheck> CheckAsync(string section, Func<Task> read)
    {
        try
        {
            await read();
            return new SectionCheck(section, true, "readable");
        }
        catch (OdooException failure) when (failure.Kind == OdooFailure.NoSuchModel)
        {
            return new SectionCheck(section, true, $"not available to customers: {failure.Message}");
        }
        catch (OdooException failure)
        {
            return new SectionCheck(
                section, false, failure.Kind == OdooFailure.Denied ? $"{failure.Message} {MissingRight}" : failure.Message);
        }
    }
}
