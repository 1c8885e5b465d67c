using Patron.Customers.Customers;
using Patron.Shared.Database;

namespace Patron.Customers.Merges;

/// <summary>Reads what an undo needs to know beside the merges, and repeats the others (<see cref="MergeReplay"/>).</summary>
public sealed class MergeHistory(
    MergeStore merges, CustomerMerger merger, IEnumerable<ICustomerReferences> references, DatabaseSession database)
{
    // Accounts that another record of the organization has by now.
    private const string LinkedElsewhereSql = """
        SELECT user_id FROM customers.customers WHERE organization_id = $1 AND uid <> $2 AND user_id = ANY ($3)
        """;

    private const string ParentsSql = """
        SELECT uid, coalesce(absorbed_by, merged_into) FROM customers.absorbed WHERE organization_id = $1 AND merged_into = $2
        """;

    /// <summary>The state without the merge.</summary>
    internal async Task<MergeReplay> ReplayAsync(LockedMerge locked, CancellationToken cancellationToken)
    {
        var (survivor, steps) = (locked.Survivor, locked.Steps);
        var partners = new List<ReferencedPartner>();
        foreach (var others in references)
        {
            partners.AddRange(await others.FindPartnersAsync(survivor.OrganizationId, survivor.Uid, cancellationToken));
        }

        Guid[] retired = [.. steps.Where(IsOfTwoAccounts).Select(step => step.AbsorbedBefore.Record.UserId!.Value)];
        var elsewhere = await database.QueryAsync(
            LinkedElsewhereSql, row => row.Uuid(), cancellationToken, survivor.OrganizationId, survivor.Uid, retired);
        var returnable = new ReturnableLinks(
            retired.Except(elsewhere).ToHashSet(),
            partners.Where(partner => partner.IsInConflictByMerge).Select(partner => partner.Key).ToHashSet());
        var rules = merger.Rules with
        {
            PartnerAddresses = partners.Where(partner => partner.EmailKey is not null)
                .ToDictionary(partner => partner.Key, partner => partner.EmailKey!),
        };
        var current = await merges.TakeAsync(cancellationToken, survivor);
        return MergeReplay.Without(
            locked.Merge.Id, steps, current[0], await FindStatementsAsync(survivor, steps, cancellationToken), rules, returnable);
    }

    private static bool IsOfTwoAccounts(MergeStep step) =>
        step.SurvivorBefore.Record.UserId is not null && step.AbsorbedBefore.Record.UserId is not null;

    // Statements for a record that was merged before merges were kept are those of the record it was merged into.
    private async Task<IEnumerable<ConsentStatement>> FindStatementsAsync(
        Customer survivor, IReadOnlyList<MergeStep> steps, CancellationToken cancellationToken)
    {
        var known = steps.SelectMany(step => new[] { step.Survivor, step.Absorbed }).ToHashSet();
        var parents = (await database.QueryAsync(
            ParentsSql, row => (Uid: row.Uuid(), Parent: row.Uuid()), cancellationToken, survivor.OrganizationId, survivor.Uid))
            .ToDictionary(entry => entry.Uid, entry => entry.Parent);
        return (await merges.StatementsAsync(survivor.OrganizationId, survivor.Uid, cancellationToken))
            .Select(statement => statement with { Origin = Resolve(statement.Origin) });

        Guid Resolve(Guid origin)
        {
            while (!known.Contains(origin))
            {
                origin = parents.GetValueOrDefault(origin, survivor.Uid);
            }

            return origin;
        }
    }
}
