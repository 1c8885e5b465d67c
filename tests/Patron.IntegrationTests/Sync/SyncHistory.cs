namespace Patron.IntegrationTests.Sync;

/// <summary>What may happen between two runs.</summary>
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

    // From here on in Patron.
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
/// One thing that happens. The numbers choose partners, customers and addresses among those that there are by then, so that the same history is the same
/// in every world.
/// </summary>
internal sealed record HistoryStep(HistoryEvent Event, int One, int Other, int Third);

/// <summary>Some things that happen, and the run that follows them.</summary>
internal sealed record HistoryChapter(IReadOnlyList<HistoryStep> Steps, bool IsFull);

/// <summary>
/// A random history, the same for the same seed. It ends with a full run. In every other one people do nothing in Patron: what becomes of it, the ERP alone
/// decides.
/// </summary>
internal sealed record SyncHistory(int Seed, IReadOnlyList<HistoryChapter> Chapters)
{
    private const int FirstPartners = 6;
    private const int MaxChapters = 6;
    private const int MaxSteps = 4;

    /// <summary>Whether nothing happens but in the ERP.</summary>
    public bool IsOfErpAlone => IsErpAlone(Seed);

    public static SyncHistory Of(int seed)
    {
        var random = new Random(seed);
        var chapters = new List<HistoryChapter> { new([.. Enumerable.Range(0, FirstPartners).Select(_ => Step(random, HistoryEvent.PartnerAdded))], IsFull: true) };
        for (var count = random.Next(2, MaxChapters); count > 0; count--)
        {
            var steps = Enumerable.Range(0, random.Next(1, MaxSteps + 1)).Select(_ => Step(random, Any(random, IsErpAlone(seed)))).ToList();
            chapters.Add(new HistoryChapter(steps, IsFull: count == 1 || random.Next(2) == 0));
        }

        return new SyncHistory(seed, chapters);
    }

    private static bool IsErpAlone(int seed) => seed % 2 == 0;

    private static HistoryEvent Any(Random random, bool isErpAlone) =>
        (HistoryEvent)random.Next(isErpAlone ? (int)HistoryEvent.StaffWroteAddress : Enum.GetValues<HistoryEvent>().Length);

    private static HistoryStep Step(Random random, HistoryEvent what) => new(what, random.Next(10_000), random.Next(10_000), random.Next(10_000));
}
