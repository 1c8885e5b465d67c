using System.Globalization;
using System.Text;
using Patron.Erp.Runs;

namespace Patron.IntegrationTests.Sync;

/// <summary>
/// Random histories of a few partners and fewer addresses, and the rules that must hold after each run. Every history is played in two
/// worlds, one with large pages and one with small pages and interruptions: both must end equally.
/// <para>
/// <c>PATRON_HISTORIES=500</c> runs that many of them, starting at <c>PATRON_HISTORIES_FROM=1000</c>; <c>PATRON_HISTORY=4711</c> runs a
/// single one, such as one named by a failure. A hundred take about a minute.
/// </para>
/// </summary>
public sealed class SyncHistoryTests(TestDatabase database)
{
    private const int Histories = 20;
    private const int MaxFailures = 5;

    [Fact]
    public async Task Rules_hold_after_every_run_of_random_histories()
    {
        await using var even = await HistoryWorld.StartAsync(database, 1000);
        await using var uneven = await HistoryWorld.StartAsync(database, 1, 2, 1000);
        var failures = new StringBuilder();
        var failed = 0;
        foreach (var seed in Seeds())
        {
            try
            {
                await PlayAsync(SyncHistory.Of(seed), even, uneven);
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

    private static async Task PlayAsync(SyncHistory history, HistoryWorld even, HistoryWorld uneven)
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

            var predicted = chapter.IsFull ? await even.PreviewAsync() : null;
            var figures = await even.SyncAsync(chapter.IsFull);
            await uneven.SyncAsync(chapter.IsFull, trouble);
            var (state, other) = (await even.ReadAsync(), await uneven.ReadAsync());
            CheckSame(state.Print(), other.Print());
            CheckFigures(even, figures, predicted);
            CheckOwned(even, state);
            CheckClaims(even, state, history.IsErpOnly);
            await CheckDocumentsAsync(even);
            await CheckErasedAsync(even, state);
        }

        await CheckSecondRunChangesNothingAsync(even);
    }

    private static void CheckSame(string one, string other) =>
        Assert.True(one == other, $"Pages or interruptions have changed the result. With large pages:\n{one}\nWith small pages and interruptions:\n{other}");

    private static void CheckFigures(HistoryWorld world, SyncFigures figures, SyncFigures? predicted)
    {
        var sum = figures.Created + figures.Updated + figures.Unchanged + figures.Skipped.Values.Sum() + figures.Conflicts + figures.Errors;
        Assert.True(figures.Total == sum, $"The figures do not add up: {Print(figures)}");
        Assert.True(figures.Total == world.Company.Ids().Count, $"The ERP has {world.Company.Ids().Count} partners, the figures {figures.Total}.");
        Assert.True(figures.Errors == 0, $"Errors: {string.Join(", ", figures.Failed)}");
        Assert.True(predicted is null || Print(predicted) == Print(figures), $"The dry run foresaw other figures: {(predicted is null ? "" : Print(predicted))}; the run: {Print(figures)}");
    }

    private static string Print(SyncFigures figures) =>
        $"{figures.Total} = {figures.Created} created + {figures.Updated} updated + {figures.Unchanged} unchanged + ({string.Join(", ", figures.Skipped.Select(one => $"{one.Value} {one.Key}"))}) + {figures.Conflicts} conflicts + {figures.Errors} errors";

    // A customer that a partner owns has all values that the ERP owns, or the partner is in conflict.
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
                Assert.True(customer.Text(field) == world.ErpValue(partner, said), $"{label} says {said} '{world.ErpValue(partner, said)}', its customer {field} '{customer.Text(field)}' ({line.State} {line.Reason}).");
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

        // A free address is claimed by the first partner that wants it, or still belongs to a partner that was a customer before it became
        // a contact.
        foreach (var wanted in isErpAlone ? world.Partners.Where(world.IsEligible).GroupBy(world.EmailKey) : [])
        {
            Assert.True(state.Customers.Any(customer => customer.IsClaimed && customer.EmailKey == wanted.Key), $"Nobody claims {wanted.Key}, which {Labels(wanted)} want.");
            Assert.True(
                world.Partners.Any(partner => world.EmailKey(partner) == wanted.Key && state.Line($"{partner}")?.State == "current" && state.Customer(state.Line($"{partner}")!.Customer)?.Partner == $"{partner}"),
                $"Of {Labels(wanted)} with {wanted.Key} none owns a customer in agreement.");
        }

        string Labels(IEnumerable<long> partners) => string.Join(" and ", partners.Select(partner => world.Label($"{partner}")));
    }

    // A person who sees documents owns the record of their partner, whose row is settled, and whose address is theirs unless staff decided
    // otherwise.
    private static async Task CheckDocumentsAsync(HistoryWorld world)
    {
        var state = await world.ReadAsync();
        foreach (var (address, person) in world.People)
        {
            var shown = await world.VisibleAmountsAsync(person);
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
            var tables = await world.TablesWithAsync($"\"{world.ErpValue(partner, "name")}\"");
            Assert.True(tables is null, $"{world.Label($"{partner}")} was erased, and its name is in {tables}.");
        }
    }

    private static async Task CheckSecondRunChangesNothingAsync(HistoryWorld world)
    {
        var before = await world.ReadAsync();
        var predicted = await world.PreviewAsync();
        var figures = await world.SyncAsync(isFull: true);
        CheckFigures(world, figures, predicted);
        Assert.True((figures.Created, figures.Updated) == (0, 0), $"A second full run changes something: {Print(figures)}");
        var after = await world.ReadAsync();
        Assert.True(before.Print() == after.Print(), $"A second full run changes something. Before:\n{before.Print()}\nAfter:\n{after.Print()}");
        Assert.True(before.Customers.Sum(one => long.Parse(one.Text("version")!, CultureInfo.InvariantCulture)) == after.Customers.Sum(one => long.Parse(one.Text("version")!, CultureInfo.InvariantCulture)), "A second full run writes records anew.");
    }
}
