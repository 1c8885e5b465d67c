using System.Globalization;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Patron.Customers.Erp;
using Patron.Customers.Import;
using Patron.IntegrationTests.Customers;
using Patron.IntegrationTests.Hosting;
using Patron.IntegrationTests.Linking;
using Patron.Shared.Callers;
using Patron.Shared.Database;

namespace Patron.IntegrationTests.Sync;

/// <content>The actions of people in Patron between runs, and what the tests record about them.</content>
internal sealed partial class HistoryWorld
{
    private static readonly string[] Decisions = ["keep", "take", "ignore", "merge"];

    private readonly Dictionary<string, Person> people = new(StringComparer.Ordinal);
    private readonly Dictionary<long, decimal> amounts = [];
    private readonly Dictionary<string, HashSet<Guid>> erased = new(StringComparer.Ordinal);
    private Person? admin;

    /// <summary>Addresses that people have entered or verified in Patron.</summary>
    public HashSet<string> Entered { get; } = new(StringComparer.Ordinal);

    /// <summary>Partners whose customer staff have decided.</summary>
    public HashSet<string> Settled { get; } = new(StringComparer.Ordinal);

    /// <summary>Partners that staff decided to keep, with any address.</summary>
    public HashSet<string> Kept { get; } = new(StringComparer.Ordinal);

    /// <summary>The registered people by address.</summary>
    public IReadOnlyDictionary<string, Person> People => people;

    /// <summary>Addresses of erased persons that nobody has entered since, with the other records that showed them at that time.</summary>
    public IReadOnlyDictionary<string, HashSet<Guid>> Erased => erased;

    /// <summary>
    /// The amounts of all orders of the partner's commercial entity: a company's with those of its contacts, or a person's own.
    /// </summary>
    public IReadOnlySet<decimal> AmountsOf(string partner) => amounts
        .Where(order => Company.Value("sale.order", order.Key, "partner_id") is long of && partners.Contains(of) && Entity(of) == Entity(long.Parse(partner, CultureInfo.InvariantCulture))).Select(order => order.Value).ToHashSet();

    /// <summary>The amounts of the orders that this person sees.</summary>
    public async Task<IReadOnlyList<decimal>> VisibleAmountsAsync(Person person)
    {
        var response = await world.Accounts.SendAsync(HttpMethod.Get, "/api/portal/dashboard", person);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode is HttpStatusCode.OK or HttpStatusCode.NotFound, text);
        return [.. AmountInText().Matches(text).Select(match => decimal.Parse(match.ValueSpan, CultureInfo.InvariantCulture))];
    }

    /// <summary>The tables that contain this text.</summary>
    public async Task<string?> TablesWithAsync(string text) => await world.CustomersSqlAsync<string>(
        """
        SELECT string_agg(DISTINCT name, ', ') FROM (
            SELECT 'erp.partners' AS name, row_to_json(t)::text AS row FROM erp.partners t
            UNION ALL SELECT 'erp.readings', row_to_json(t)::text FROM erp.readings t
            UNION ALL SELECT 'erp.dashboards', row_to_json(t)::text FROM erp.dashboards t
            UNION ALL SELECT 'customers.customers', row_to_json(t)::text FROM customers.customers t
            UNION ALL SELECT 'customers.merges', row_to_json(t)::text FROM customers.merges t
            UNION ALL SELECT 'customers.absorbed', row_to_json(t)::text FROM customers.absorbed t) rows
        WHERE strpos(row, $1) > 0
        """, text);

    private static decimal AmountOf(int partner) => 90077 + (100 * partner);

    private long Entity(long partner) => !IsCompany(partner) && Company.Value("res.partner", partner, "parent_id") is long parent ? Entity(parent) : partner;

    private void ResetPeople()
    {
        people.Clear();
        amounts.Clear();
        erased.Clear();
        Entered.Clear();
        Settled.Clear();
        Kept.Clear();
        var mails = Path.Combine(world.Accounts.DataFolder, "mail");
        foreach (var mail in Directory.Exists(mails) ? Directory.GetFiles(mails) : [])
        {
            File.Delete(mail);
        }
    }

    private async Task<string?> ApplyInPatronAsync(HistoryStep step)
    {
        var state = await ReadAsync();
        var address = Address(step.Other);
        var customer = state.Customers.Count == 0 ? null : state.Ordered[step.One % state.Customers.Count];
        return (step.Event, customer) switch
        {
            (HistoryEvent.PersonCame, _) => await RegisterAsync(address),
            (HistoryEvent.PersonLooked, _) => await OpenProfileAsync(address),
            (HistoryEvent.CustomerImported, _) => await ImportAsync(address),
            (HistoryEvent.PartnerSettled, _) => await SettleAsync(state, step),
            (_, null) => null,
            (HistoryEvent.StaffWroteAddress, _) => await StaffChangeAsync(customer, $"is given address {address}", HttpMethod.Put, "", new { email = address }, address),
            (HistoryEvent.StaffWroteCity, _) => await StaffChangeAsync(customer, "is given a city", HttpMethod.Put, "", new { city = $"City {step.Third % 5}" }, entered: null),
            (HistoryEvent.StaffVouched, _) => await StaffChangeAsync(customer, "is vouched for", HttpMethod.Patch, "/verify-email", body: null, customer.EmailKey),
            (HistoryEvent.CustomerDeleted, _) => await StaffChangeAsync(customer, "is deleted", HttpMethod.Delete, "", body: null, entered: null),
            (HistoryEvent.CustomerErased, _) => await EraseAsync(state, customer),
            (HistoryEvent.RecordsMerged, _) => await MergeAsync(customer, state.Ordered[step.Other % state.Customers.Count]),
            _ => throw new InvalidOperationException($"{step.Event}"),
        };
    }

    private static string Name(CustomerRow customer) => $"customer '{customer.Text("name")}' <{customer.EmailKey}>";

    private async Task<string> RegisterAsync(string address)
    {
        if (people.ContainsKey(address))
        {
            return $"{address} is registered already";
        }

        var person = await world.RegisterAsync(address);
        await world.ProveAsync(person);
        people[address] = person;
        return $"{address} is registered and proven";
    }

    // Opening the profile creates a record.
    private async Task<string?> OpenProfileAsync(string address)
    {
        if (!people.TryGetValue(address, out var person))
        {
            return null;
        }

        var answer = await world.Accounts.SendAsync(HttpMethod.Get, "/api/v1/customers/profile/", person);
        RecordEntered(address);
        return $"{address} looks at their profile: {(int)answer.StatusCode}";
    }

    private async Task<string> ImportAsync(string address)
    {
        await using var scope = world.Customers.Services.CreateAsyncScope();
        var reported = new List<string>();
        var csv = new MemoryStream(Encoding.UTF8.GetBytes($"name,email,city\nImported,{address},Harare\n"));
        var result = await scope.ServiceProvider.GetRequiredService<ImportCustomers>().HandleAsync(
            Caller.System(world.Home()), CustomerCsv.ReadAsync(csv, _ => { }, CancellationToken.None), allOrNothing: false, line => reported.Add(line.Rejection ?? "done"), CancellationToken.None);
        Assert.Null(result.Error);
        if (reported is ["done"])
        {
            RecordEntered(address);
        }

        return $"{address} is imported: {string.Join(", ", reported)}";
    }

    private async Task<string> StaffChangeAsync(CustomerRow customer, string what, HttpMethod method, string path, object? body, string? entered)
    {
        var answer = await world.Customers.SendAsync(method, $"{CustomerIntents.Api}{customer.Text("customer_id")}{path}", admin, body);
        Assert.True((int)answer.StatusCode < 500, await answer.Content.ReadAsStringAsync());
        if (answer.IsSuccessStatusCode && entered is not null)
        {
            RecordEntered(entered);
            Settled.UnionWith(new[] { customer.Partner }.OfType<string>()); // Staff decided that it belongs to this customer.
        }

        return $"{Name(customer)} {what}: {(int)answer.StatusCode}";
    }

    private async Task<string> EraseAsync(HistoryState state, CustomerRow customer)
    {
        var said = await StaffChangeAsync(customer, "is erased", HttpMethod.Delete, "/hard", body: null, entered: null);
        var lines = state.Partners.Where(line => line.Customer == customer.Uid || (line.Customer is null && line.EmailKey is not null && line.EmailKey == customer.EmailKey));
        foreach (var address in lines.Select(line => line.EmailKey).Append(lines.Any() ? customer.EmailKey : null).OfType<string>().Distinct(StringComparer.Ordinal))
        {
            erased[address] = [.. state.Customers.Where(other => other.EmailKey == address && other.Uid != customer.Uid).Select(other => other.Uid)];
        }

        return said;
    }

    private async Task<string?> MergeAsync(CustomerRow survivor, CustomerRow absorbed)
    {
        if (survivor.Uid == absorbed.Uid)
        {
            return null;
        }

        await using var scope = world.Customers.Services.CreateAsyncScope();
        var (customers, caller) = (scope.ServiceProvider.GetRequiredService<ErpCustomers>(), Caller.System(world.Home()));
        await using var transaction = await scope.ServiceProvider.GetRequiredService<DatabaseSession>().BeginAsync(CancellationToken.None);
        var locked = (await customers.FindAsync(caller, [survivor.Uid, absorbed.Uid], [], CancellationToken.None)).ToDictionary(one => one.Uid);
        var merged = await transaction.CommitAsync(await customers.MergeAsync(caller, locked[survivor.Uid], locked[absorbed.Uid], CancellationToken.None), CancellationToken.None);
        if (merged.Error is null)
        {
            // Staff decided that both are one person.
            Settled.UnionWith(new[] { survivor.Partner, absorbed.Partner }.OfType<string>());
        }

        return $"{Name(absorbed)} is merged into {Name(survivor)}: {merged.Error?.Detail ?? "done"}";
    }

    private async Task<string?> SettleAsync(HistoryState state, HistoryStep step)
    {
        var waiting = state.Partners.Where(line => line.State is "conflict" or "gone").OrderBy(line => Label(line.Id), StringComparer.Ordinal).ToList();
        if (waiting.Count == 0)
        {
            return null;
        }

        var line = waiting[step.One % waiting.Count];
        var decision = Decisions[step.Other % Decisions.Length];
        var answer = await world.Accounts.SendAsync(HttpMethod.Post, $"/api/portal/sync/partners/{line.Id}/settle/", admin, new { decision });
        Assert.True((int)answer.StatusCode < 500, await answer.Content.ReadAsStringAsync());
        if (answer.IsSuccessStatusCode)
        {
            Settled.Add(line.Id);
            Kept.UnionWith(decision == "keep" ? [line.Id] : Array.Empty<string>());
            Settled.UnionWith(new[] { state.Customer(line.Customer)?.Partner, state.Customer(line.Successor)?.Partner }.OfType<string>());
        }

        return $"{Label(line.Id)} ({line.State} {line.Reason}) is settled: {decision}, {(int)answer.StatusCode}";
    }

    private void RecordEntered(string address)
    {
        Entered.Add(address);
        erased.Remove(address);
    }

    [GeneratedRegex("\\b9[0-9]{2}77\\b", RegexOptions.NonBacktracking)]
    private static partial Regex AmountInText();
}
