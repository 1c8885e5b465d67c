using Patron.Odoo.Client;

namespace Patron.Odoo.Dashboard;

/// <summary>An unpaid part of a document and its due date; negative where it is in the customer's favour.</summary>
internal readonly record struct Instalment(long Document, DateOnly? DueDate, decimal Open, string Currency);

/// <summary>
/// Reads the unpaid parts of documents by due date: the lines of <c>account.move.line</c> on a receivable account, one for each instalment.
/// The document itself has only the last of its due dates. The field <c>next_payment_date</c> has the next one, but it is computed, new in
/// 18, and makes the whole call fail where lines may not be read.
/// </summary>
internal static class OpenInstalments
{
    private const string Model = "account.move.line";

    private static readonly string[] Fields = ["move_id", "date_maturity", "amount_residual_currency", "currency_id"];

    /// <summary>The path from lines to their document.</summary>
    public const string Document = "move_id";

    /// <summary>Null where Patron's user may not read lines: the document's own due date is used then.</summary>
    public static async Task<IReadOnlyList<Instalment>?> TryReadAsync(
        OdooClient client, Func<OdooDomain> lines, CancellationToken cancellationToken)
    {
        try
        {
            var availableFields = await client.FieldsOfAsync(Model, cancellationToken);
            var rows = await DocumentList.ReadAllAsync(
                client, Model, () => OnReceivables(lines(), availableFields), Fields, cancellationToken);
            return [
                .. rows.Select(
                    row =>
                        new Instalment(
                            row.RelatedId(Document) ?? 0, row.Date("date_maturity"), row.Money("amount_residual_currency"),
                            row.RelatedName("currency_id") ?? ""))];
        }
        catch (OdooException failure) when (failure.Kind is OdooFailure.Denied or OdooFailure.NoSuchModel or OdooFailure.NoSuchField)
        {
            return null;
        }
    }

    // Before 16 the account type has another name and value. Reconciled lines are paid.
    private static OdooDomain OnReceivables(OdooDomain lines, IReadOnlyDictionary<string, OdooField> availableFields)
    {
        lines.And("reconciled", "=", false).And("amount_residual_currency", "!=", 0);
        return availableFields.ContainsKey("account_type")
            ? lines.And("account_type", "=", "asset_receivable")
            : lines.And("account_internal_type", "=", "receivable");
    }
}
