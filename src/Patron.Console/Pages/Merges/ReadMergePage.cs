using Patron.Customers.Customers;
using Patron.Customers.Merges;
using Patron.Customers.Schema;
using Patron.Shared.Callers;
using Patron.Shared.Results;

namespace Patron.StaffConsole.Pages.Merges;

/// <summary>A merge before it is made: both records, what it would make, and the fields with two values.</summary>
public sealed record MergePreviewModel(Customer Survivor, Customer Other, MergeResult Preview, IReadOnlyList<MergeRow> Rows);

/// <summary>
/// A field, or a whole of several such as the address, with both values as text. <paramref name="TakesOther"/> says which one the rules
/// take; where the ERP or an account owns it, nobody can choose.
/// </summary>
public sealed record MergeRow(string Name, string? Mine, string? Theirs, bool TakesOther, MergeReason Reason)
{
    public bool IsOwned => Reason is MergeReason.OwnedByErp or MergeReason.OwnedByAccount;
}

/// <summary>Reads the model of the page that previews a merge. Errors are those of <see cref="MergeCustomers"/>.</summary>
internal sealed class ReadMergePage(FindCustomer customers, MergeCustomers merge)
{
    // A merge of two accounts needs a reason, which nobody has typed yet. Nothing of a preview is stored.
    private const string NoReasonYet = "preview";

    public async Task<Result<MergePreviewModel>> HandleAsync(
        Caller caller, string survivor, string other, CancellationToken cancellationToken)
    {
        var first = await customers.HandleAsync(caller, new CustomerLookup.ById(survivor), cancellationToken);
        var second = await customers.HandleAsync(caller, new CustomerLookup.ById(other), cancellationToken);
        if (!first.Succeeded(out var kept, out var missing) || !second.Succeeded(out var absorbed, out missing))
        {
            return missing;
        }

        var request = new MergeRequest([absorbed.CustomerId]) { IsDryRun = true, Reason = NoReasonYet };
        return (await merge.HandleAsync(caller, kept.CustomerId, request, cancellationToken)).Select(preview =>
            new MergePreviewModel(kept, absorbed, preview, RowsOf(kept, absorbed, preview)));
    }

    private static List<MergeRow> RowsOf(Customer kept, Customer absorbed, MergeResult preview)
    {
        var rows = new List<MergeRow>();
        foreach (var name in MergeCustomers.ChoosableFields)
        {
            var parts = CustomerSchema.Fields.Written.Where(field => (field.PartOf ?? field.Name) == name).ToList();
            if (parts.Exists(field => field.Differs(kept, absorbed)))
            {
                var decided = preview.Fields.FirstOrDefault(field => parts.Exists(part => part.Name == field.Field));
                rows.Add(new MergeRow(
                    name, TextOf(parts, kept), TextOf(parts, absorbed), decided?.From == absorbed.CustomerId,
                    decided?.Reason ?? MergeReason.Survivor));
            }
        }

        return rows;
    }

    private static string? TextOf(IEnumerable<Field<Customer>> parts, Customer customer) =>
        string.Join(", ", parts.Select(part => part.ReadStoredText(customer)).Where(part => !string.IsNullOrEmpty(part)))
            is { Length: > 0 } text ? text : null;
}
