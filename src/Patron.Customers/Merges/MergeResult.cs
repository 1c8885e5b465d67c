using Patron.Customers.Customers;
using Patron.Customers.Schema;

namespace Patron.Customers.Merges;

/// <summary>The value of a field after a merge: the <c>customer_id</c> that it is from, null where it has parts of several, and
/// why.</summary>
public sealed record MergedField(string Field, string? Value, string? From, MergeReason Reason);

/// <summary>What becomes of a partner of the ERP in a merge.</summary>
public enum MergedPartnerOutcome
{
    /// <summary>The merged record shows it.</summary>
    Kept,

    /// <summary>The survivor has another one: staff decide (<c>GET /api/portal/sync/partners/</c>).</summary>
    NeedsDecision,
}

/// <summary>A partner of the ERP of one of the records.</summary>
public sealed record MergedPartner(string Source, string Id, string From, MergedPartnerOutcome Outcome);

/// <summary>
/// What a merge made, or would make: the customer, its fields with their origin, and how many rows move. The versions are those before, by
/// <c>customer_id</c>; the ids of the merges are empty for a preview.
/// </summary>
public sealed record MergeResult(
    Customer Customer, IReadOnlyList<MergedField> Fields, IReadOnlyList<MergedPartner> Partners, IReadOnlyList<string> Identifiers,
    IReadOnlyDictionary<string, long> Versions)
{
    public IReadOnlyList<long> Merges { get; init; } = [];

    /// <summary>Additional addresses that move to the survivor.</summary>
    public long MovedAddresses { get; init; }

    /// <summary>Primary addresses that become additional ones.</summary>
    public long AddedAddresses { get; init; }

    /// <summary>Open offers of the absorbed records, which are withdrawn.</summary>
    public long WithdrawnOffers { get; init; }

    /// <summary>Open change requests of the absorbed records, which are closed.</summary>
    public long ClosedRequests { get; init; }

    /// <summary>The accounts that are disabled, because the survivor has one.</summary>
    public IReadOnlyList<Guid> DisabledAccounts { get; init; } = [];

    internal static MergeResult Of(
        LockedRecords found, IReadOnlyList<MergePlan> plans, IReadOnlyList<RecordCounts> counts, IReadOnlyDictionary<string, long> versions)
    {
        var moving = counts.Where(count => count.Uid != found.Survivor.Uid).ToList();
        return new MergeResult(
            found.Survivor, FieldsOf(found, plans), PartnersOf(found), [.. found.Others.Select(other => other.CustomerId)], versions)
        {
            MovedAddresses = moving.Sum(count => count.Addresses),
            AddedAddresses = plans.Count(plan => plan.ExtraAddress is not null),
            WithdrawnOffers = moving.Sum(count => count.Offers),
            ClosedRequests = moving.Sum(count => count.Requests),
            DisabledAccounts = [.. found.RetiredAccounts.Select(pair => pair.Losing)],
        };
    }

    // The last merge that changed a field says where its value is from.
    private static IReadOnlyList<MergedField> FieldsOf(LockedRecords found, IReadOnlyList<MergePlan> plans)
    {
        var origins = new Dictionary<Field<Customer>, (string? From, MergeReason Reason)>();
        foreach (var (plan, absorbed) in plans.Zip(found.Others))
        {
            foreach (var decision in plan.Decisions)
            {
                if (decision.Reason == MergeReason.Combined)
                {
                    origins[decision.Field] = (null, decision.Reason);
                }
                else if (decision.IsAbsorbed || !origins.ContainsKey(decision.Field))
                {
                    origins[decision.Field] = (decision.IsAbsorbed ? absorbed.CustomerId : found.Survivor.CustomerId, decision.Reason);
                }
            }
        }

        var merged = plans[^1].Merged.Record;
        return
        [
            .. CustomerSchema.Fields.Written.Where(field => field.IsShown && origins.ContainsKey(field))
                .Select(field => new MergedField(field.Name, field.ReadText(merged), origins[field].From, origins[field].Reason)),
        ];
    }

    private static IReadOnlyList<MergedPartner> PartnersOf(LockedRecords found)
    {
        var owner = found.All.FirstOrDefault(record => record.Partner is not null);
        return
        [
            .. found.All.Where(record => record.Partner is not null).Select(record => new MergedPartner(
                record.ErpSource!, record.ErpId!, record.CustomerId, record == owner ? MergedPartnerOutcome.Kept : MergedPartnerOutcome.NeedsDecision)),
        ];
    }
}
