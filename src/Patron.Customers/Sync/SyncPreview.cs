using Patron.Shared.Text;

namespace Patron.Customers.Sync;

/// <summary>
/// What a run would do, counted page by page (a dry run reads everything and writes nothing). It remembers the addresses that earlier pages would
/// have entered: memory grows with the number of new customers, as that of no real run does.
/// </summary>
public sealed class SyncPreview
{
    private readonly Dictionary<string, PartnerFacts> made = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> skipped = Words<SkipReason>.All.ToDictionary(reason => reason, _ => 0L, StringComparer.Ordinal);
    private readonly List<PartnerNote> warnings = [];
    private readonly List<PartnerNote> failed = [];
    private (long Total, long Created, long Updated, long Unchanged, long Conflicts, long Erased, long Known) counts;

    /// <summary>Counts partners that could not be read.</summary>
    public void Fail(IReadOnlyList<PartnerNote> unreadable)
    {
        failed.AddRange(unreadable);
        counts.Total += unreadable.Count;
    }

    /// <summary>The figures; <paramref name="ledger"/> is the number of partners that are known and not gone.</summary>
    public SyncFigures ToFigures(CustomerFigures customers, long ledger, TimeSpan duration) => new(
        counts.Total, counts.Created, counts.Updated, counts.Unchanged, SyncFigures.SkippedBy(reason => skipped[reason], counts.Erased), counts.Conflicts, failed.Count, customers, (long)duration.TotalMilliseconds)
    {
        Gone = Math.Max(0, ledger - counts.Known),
        Warnings = [.. warnings.Take(CountPartners.ListLength)],
        Failed = [.. failed.Take(CountPartners.ListLength)],
    };

    internal SyncPreview With(IReadOnlyList<PartnerFacts> facts, PartnerDecider page)
    {
        foreach (var key in facts.Select(one => one.Email?.Key).OfType<string>().Distinct(StringComparer.Ordinal).Where(made.ContainsKey))
        {
            page.Remember(made[key]);
        }

        counts.Known += page.KnownRows;
        foreach (var one in facts)
        {
            Count(page.Decide(one));
        }

        foreach (var target in page.Made)
        {
            made[target.MadeOf!.Email!.Key] = target.MadeOf;
        }

        return this;
    }

    private void Count(PartnerDecision decision)
    {
        counts.Total++;
        switch (decision)
        {
            case { State: PartnerState.Skipped }:
                skipped[decision.Reason!]++;
                break;
            case { State: PartnerState.Erased }:
                counts.Erased++;
                break;
            case { State: PartnerState.Conflict }:
                counts.Conflicts++;
                break;
            case { Outcome: PartnerOutcome.Created }:
                counts.Created++;
                break;
            case { Outcome: not null }:
                counts.Updated++;
                break;
            default:
                counts.Unchanged++;
                break;
        }

        if (decision.Facts.Warnings(DateOnly.MaxValue) is { Length: > 0 } odd && decision.State is not (PartnerState.Skipped or PartnerState.Erased) && warnings.Count < CountPartners.ListLength)
        {
            warnings.Add(new PartnerNote(decision.Facts.Partner.Id, string.Join(", ", odd)));
        }
    }
}
