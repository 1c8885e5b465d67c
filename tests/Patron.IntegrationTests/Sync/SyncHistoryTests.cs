using System.Globalization;
using System.Text;
using Patron.Erp.Runs;

namespace Patron.IntegrationTests.Sync;

/// <summary>
/// Random histories of few partners and fewer addresses, and what must be true after each run whatever has happened. Every history is lived through twice,
/// in a world whose runs read large pages and in one whose runs read small ones and are interrupted: both must end alike.
/// <para>
/// <c>PATRON_HISTORIES=500</c> runs so many of them, from <c>PATRON_HISTORIES_FROM=1000</c> on; <c>PATRON_HISTORY=4711</c> runs that one alone, which a
/// failure has named. A hundred take about a minute.
/// </para>
/// </summary>
public sealed class SyncHistoryTests(TestDatabase database)
{
    private const int Histories = 20;
    private const int MaxFailures = 5;

    [Fact]
    public async Task Whatever_happens_the_rules_hold_after_each_run_and_neither_pages_nor_interruptions_matter()
    {
        await using var even = await HistoryWorld.StartAsync(database, 1000);
        await using var uneven = await HistoryWorld.StartAsync(database, 1, 2, 1000);
        var failures = new StringBuilder();
        var failed = 0;
        foreach (var seed in Seeds())
        {
            try
            {
                await LiveAsync(SyncHistory.Of(seed), even, uneven);
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                failures.AppendLine(CultureInfo.InvariantCulture, $"History {seed}: {failure.Message}\n  {string.Join("\n  ", uneven.Log)}\n");
                if (failure is not Xunit.Sdk.XunitException)
                {
                    failures.AppendLine(failure.ToString());
                }

                if (++failed == MaxFailures)
                {
                    break;
                }
            }
        }

        Assert.True(failed == 0, failures.ToString());
    }

    private static IEnumerable<int> Seeds() =>
        Number("PATRON_HISTORY") is { } only ? [only] : Enumerable.Range(Number("PATRON_HISTORIES_FROM") ?? 1, Number("PATRON_HISTORIES") ?? Histories);

    private static int? Number(string variable) => int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static async Task LiveAsync(SyncHistory history, HistoryWorld even, HistoryWorld uneven)
    {
        var trouble = new Random(history.Seed);
        await even.BeginAsync(history.Seed);
        await uneven.BeginAsync(history.Seed);
        foreach (var chapter in history.Chapters)
        {
            foreach (var step in chapter.Steps)
            {
                await even.ApplyAsync(step);
                await uneven.ApplyAsync(step);
            }

            CheckSame((await even.ReadAsync()).Print(), (await uneven.ReadAsync()).Print());
            await CheckDocumentsAsync(even);

            var foreseen = chapter.IsFull ? await even.PreviewAsync() : null;
            var figures = await even.SyncAsync(chapter.IsFull);
            await uneven.SyncAsync(chapter.IsFull, trouble);
            var (state, other) = (await even.ReadAsync(), await uneven.ReadAsync());
            CheckSame(state.Print(), other.Print());
            CheckFigures(even, figures, foreseen);
            CheckOwned(even, state);
            CheckClaims(even, state, history.IsOfErpAlone);
            await CheckDocumentsAsync(even);
            await CheckErasedAsync(even, state);
        }

        await CheckNothingIsLeftToDoAsync(even);
    }

    private static void CheckSame(string one, string other) =>
        Assert.True(one == other, $"Pages or interruptions have changed the result. With large pages:\n{one}\nWith small pages and interruptions:\n{other}");

    private static void CheckFigures(HistoryWorld world, SyncFigures figures, SyncFigures? foreseen)
    {
        var sum = figures.Created + figures.Updated + figures.Unchanged + figures.Skipped.Values.Sum() + figures.Conflicts + figures.Errors;
        Assert.True(figures.Total == sum, $"The figures do not add up: {Print(figures)}");
        Assert.True(figures.Total == world.Company.Ids().Count, $"The ERP has {world.Company.Ids().Count} partners, the figures {figures.Total}.");
        Assert.True(figures.Errors == 0, $"Errors: {string.Join(", ", figures.Failed)}");
        Assert.True(foreseen is null || Print(foreseen) == Print(figures), $"The dry run foresaw other figures: {(foreseen is null ? "" : Print(foreseen))}; the run: {Print(figures)}");
    }

    private static string Print(SyncFigures figures) =>
        $"{figures.Total} = {figures.Created} created + {figures.Updated} updated + {figures.Unchanged} unchanged + ({string.Join(", ", figures.Skipped.Select(one => $"{one.Value} {one.Key}"))}) + {figures.Conflicts} conflicts + {figures.Errors} errors";

    // A customer that a partner owns agrees with it in all that the ERP owns, or the partner's line is a conflict with a name.
    private static void CheckOwned(HistoryWorld world, HistoryState state)
    {
        Assert.True(state.Readings == 0, $"{state.Readings} readings were not decided.");
        foreach (var line in state.Partners)
        {
            Assert.True(line.State is not ("unseen" or "error"), $"After the run {world.Label(line.Id)} is {line.State}.");
            Assert.True(line.State is not "conflict" || line.Reason is not null, $"The conflict of {world.Label(line.Id)} has no name.");
            Assert.True(line.State != "current" || state.Customer(line.Customer) is not null, $"{world.Label(line.Id)} is current and nobody's.");
        }

        foreach (var customer in state.Customers.Where(customer => customer.Partner is not null))
        {
            var partner = long.Parse(customer.Partner!, CultureInfo.InvariantCulture);
            var label = world.Label(customer.Partner!);
            var line = state.Line(customer.Partner);
            Assert.True(world.Partners.Contains(partner), $"{label} owns a customer, and the ERP does not have it.");
            Assert.True(line is not null && line.Customer == customer.Uid, $"{label} owns a customer that its line does not name.");
            Assert.True(line!.State is "current" or "conflict", $"{label} owns a customer and is {line.State} {line.Reason}.");
            foreach (var (field, said) in new[] { ("phone", "phone"), ("city", "city"), ("address_line1", "street"), ("reference", "ref"), ("name", "name") })
            {
                Assert.True(customer.Text(field) == world.Said(partner, said), $"{label} says {said} '{world.Said(partner, said)}', its customer {field} '{customer.Text(field)}' ({line.State} {line.Reason}).");
            }

            Assert.True(customer.Text("customer_type") == (world.IsCompany(partner) ? "company" : "individual"), $"{label} is another kind than its customer.");
            Assert.True(customer.Text("is_archived") == (world.IsActive(partner) ? "false" : "true"), $"{label} is archived or not, and its customer otherwise.");
            Assert.True(
                line.State != "current" || customer.User is not null || world.Kept.Contains(line.Id) || (customer.EmailKey == world.EmailKey(partner) && customer.IsClaimed),
                $"{label} is current with address {world.EmailKey(partner)}, and its customer has {customer.EmailKey} ({customer.Text("claim")}).");
        }
    }

    private static void CheckClaims(HistoryWorld world, HistoryState state, bool isErpAlone)
    {
        foreach (var claim in state.Customers.Where(customer => customer.IsClaimed).GroupBy(customer => customer.EmailKey))
        {
            Assert.True(claim.Count() == 1, $"{claim.Count()} customers claim {claim.Key}.");
            Assert.True(claim.Key is not null, "A customer claims no address.");
            var partner = claim.Single().Partner;
            Assert.True(
                claim.Single().User is not null || world.Entered.Contains(claim.Key!)
                    || (partner is not null && world.EmailKey(long.Parse(partner, CultureInfo.InvariantCulture)) == claim.Key),
                $"A customer without account claims {claim.Key}, which its partner {(partner is null ? "of before" : world.Label(partner))} does not have and nobody has entered.");
        }

        // An address that is free is claimed by the first who wants it, or is still that of a partner who was a customer before it became a contact.
        foreach (var wanted in isErpAlone ? world.Partners.Where(world.IsEligible).GroupBy(world.EmailKey) : [])
        {
            Assert.True(state.Customers.Any(customer => customer.IsClaimed && customer.EmailKey == wanted.Key), $"Nobody claims {wanted.Key}, which {Labels(wanted)} want.");
            Assert.True(
                world.Partners.Any(partner => world.EmailKey(partner) == wanted.Key && state.Line($"{partner}")?.State == "current" && state.Customer(state.Line($"{partner}")!.Customer)?.Partner == $"{partner}"),
                $"Of {Labels(wanted)} with {wanted.Key} none owns a customer in agreement.");
        }

        string Labels(IEnumerable<long> partners) => string.Join(" and ", partners.Select(partner => world.Label($"{partner}")));
    }

    // Whoever is shown documents owns the record of their partner, whose line is settled, and whose address is theirs unless staff have said whose it is.
    private static async Task CheckDocumentsAsync(HistoryWorld world)
    {
        var state = await world.ReadAsync();
        foreach (var (address, person) in world.People)
        {
            var shown = await world.ShownToAsync(person);
            var own = state.Customers.SingleOrDefault(customer => customer.User == $"{person.Id}");
            var line = state.Line(own?.Partner);
            if (shown.Count == 0)
            {
                continue;
            }

            Assert.True(line is { State: "current" or "unseen" or "error" }, $"{address} is shown {string.Join(", ", shown)}, and their partner is {line}.");
            Assert.True(line!.Customer == own!.Uid, $"{address} is shown documents of {world.Label(line.Id)}, which is somebody else's.");
            Assert.True(line.EmailKey == address || world.Settled.Contains(line.Id), $"{address} is shown documents of {world.Label(line.Id)}, which has the address {line.EmailKey}.");
            Assert.True(shown.All(world.AmountsOf(line.Id).Contains), $"{address} is shown {string.Join(", ", shown)}, of which not all are of {world.Label(line.Id)}.");
        }
    }

    private static async Task CheckErasedAsync(HistoryWorld world, HistoryState state)
    {
        foreach (var (address, others) in world.Erased)
        {
            Assert.True(
                state.Customers.All(customer => customer.EmailKey != address || others.Contains(customer.Uid)), $"There is a customer with {address} again, whose person was erased.");
        }

        foreach (var partner in world.Partners.Where(partner => state.Line($"{partner}")?.State == "erased"))
        {
            var tables = await world.TablesWithAsync($"\"{world.Said(partner, "name")}\"");
            Assert.True(tables is null, $"{world.Label($"{partner}")} was erased, and its name is in {tables}.");
        }
    }

    private static async Task CheckNothingIsLeftToDoAsync(HistoryWorld world)
    {
        var before = await world.ReadAsync();
        var foreseen = await world.PreviewAsync();
        var figures = await world.SyncAsync(isFull: true);
        CheckFigures(world, figures, foreseen);
        Assert.True((figures.Created, figures.Updated) == (0, 0), $"A second full run changes something: {Print(figures)}");
        var after = await world.ReadAsync();
        Assert.True(before.Print() == after.Print(), $"A second full run changes something. Before:\n{before.Print()}\nAfter:\n{after.Print()}");
        Assert.True(before.Customers.Sum(one => long.Parse(one.Text("version")!, CultureInfo.InvariantCulture)) == after.Customers.Sum(one => long.Parse(one.Text("version")!, CultureInfo.InvariantCulture)), "A second full run writes records anew.");
    }
}
