namespace Patron.IntegrationTests.Sync;

/// <summary>The events between two runs.</summary>
internal enum HistoryEvent
{
    PartnerAdded,
    AddressMoved,
    AddressesSwapped,
    AddressesChained,
    AddressShared,
    AddressEmptied,
    PartnersMerged,
    PartnerArchived,
    PartnerRestored,
    PartnerDeleted,
    CompanyFlipped,
    ParentSet,
    ParentRemoved,
    FieldChanged,

    // The events from here on happen in Patron.
    StaffWroteAddress,
    StaffWroteCity,
    StaffVouched,
    PersonCame,
    PersonLooked,
    CustomerImported,
    RecordsMerged,
    CustomerErased,
    CustomerDeleted,
    PartnerSettled,
}

/// <summary>
/// One event. The numbers select partners, customers and addresses among the existing ones, so that a history is the same in every world.
/// </summary>
internal sealed record HistoryStep(HistoryEvent Event, int One, int Other, int Third);

/// <summary>Some steps and the run that follows them.</summary>
internal sealed record HistoryChapter(IReadOnlyList<HistoryStep> Steps, bool IsFull);

/// <summary>
/// A random history, determined by its seed. It ends with a full run. In every second one nothing happens in Patron, so that the result
/// depends on the ERP alone.
/// </summary>
internal sealed record SyncHistory(int Seed, IReadOnlyList<HistoryChapter> Chapters)
{
    private const int FirstPartners = 6;
    private const int MaxChapters = 6;
    private const int MaxSteps = 4;

    /// <summary>Whether all events happen in the ERP.</summary>
    public bool IsErpOnly => IsErpOnlySeed(Seed);

    public static SyncHistory Of(int seed)
    {
        var random = new Random(seed);
        var chapters = new List<HistoryChapter> { new([.. Enumerable.Range(0, FirstPartners).Select(_ => Step(random, HistoryEvent.PartnerAdded))], IsFull: true) };
        for (var count = random.Next(2, MaxChapters); count > 0; count--)
        {
            var steps = Enumerable.Range(0, random.Next(1, MaxSteps + 1)).Select(_ => Step(random, Any(random, IsErpOnlySeed(seed)))).ToList();
            chapters.Add(new HistoryChapter(steps, IsFull: count == 1 || random.Next(2) == 0));
        }

        return new SyncHistory(seed, chapters);
    }

    private static bool IsErpOnlySeed(int seed) => seed % 2 == 0;

    private static HistoryEvent Any(Random random, bool isErpAlone) =>
        (HistoryEvent)random.Next(isErpAlone ? (int)HistoryEvent.StaffWroteAddress : Enum.GetValues<HistoryEvent>().Length);

    private static HistoryStep Step(Random random, HistoryEvent what) => new(what, random.Next(10_000), random.Next(10_000), random.Next(10_000));
}
