using System.Collections.Concurrent;
using Patron.Erp;
using Patron.Odoo;
using Patron.Odoo.Client;
using Patron.OdooStandIn.Company;
using Patron.OdooStandIn.Server;

namespace Patron.IntegrationTests.Odoo;

/// <summary>The client over real connections: pages, faults and unreadable rows, in every version and protocol.</summary>
public abstract class OdooClientTests(int version, OdooProtocol protocol, bool hasWorkers) : IAsyncLifetime
{
    private StandInOdoo odoo = null!;
    private OdooClient client = null!;

    private OdooPartners Partners => new(client);

    private StandInCompany Company => odoo.Company;

    public async ValueTask InitializeAsync()
    {
        odoo = await StandInOdoo.StartAsync(StandInCompany.Typical(version), new StandInSettings { HasWorkers = hasWorkers });
        client = odoo.NewClient(protocol);
    }

    public async ValueTask DisposeAsync()
    {
        client.Dispose();
        await odoo.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Version_is_read_and_the_expected_protocol_is_used()
    {
        Assert.Equal(version, (await client.VersionAsync(default)).Major);
        Assert.Equal(473, await client.CountAsync("res.partner", OdooDomain.All, default));
        Assert.Equal(protocol == OdooProtocol.JsonRpc || version < 19 ? 1 : 0, odoo.Book.Count("common.authenticate"));
    }

    [Theory]
    [InlineData(1000)]
    [InlineData(100)]
    [InlineData(7)]
    public async Task Pages_contain_every_partner_once_by_id(int size)
    {
        var (partners, unreadable) = await ReadAllAsync(new PartnerQuery(0, size));
        Assert.Empty(unreadable);
        Assert.Equal(Company.Ids(), partners.Select(partner => partner.Rank));
        Assert.Equal(Company.Ids(), await Partners.ReadIdsAsync(0, 1000, default));
        Assert.Equal(StandInCompany.Archived, partners.Count(partner => partner is { IsActive: false } && partner.Name.StartsWith("Archived", StringComparison.Ordinal)));
        Assert.Equal(StandInCompany.Children, partners.Count(partner => partner.ParentId is not null));
    }

    [Fact]
    public async Task Partners_have_the_values_of_the_company()
    {
        var (partners, _) = await ReadAllAsync(new PartnerQuery(0, 200));
        var first = partners.Single(partner => partner is { Name: "Example Computer Systems", Phone: not null, ParentId: null });
        Assert.Equal(("accounts@company.example", true, "Zimbabwe", "Harare", "ZW00000000"), (first.Email, first.IsCompany, first.Country, first.City, first.TaxId));
        Assert.Equal(["Administrator", "Low User", "My Company", "Sync Robot", "System"], partners.Where(partner => partner.IsInternal).Select(partner => partner.Name).Order(StringComparer.Ordinal));
        Assert.Equal(4, partners.Count(partner => (version < 19 ? partner.Mobile : partner.Phone) is { Length: >= 55 and <= 78 }));
        Assert.Contains(partners, partner => partner is { State: "New York", Country: "United States" });
        Assert.Contains(partners, partner => partner.Name == "Example Computer Systems, Invoice");
        Assert.All(["Tab\there Ltd", "<b>Bold & Sons</b>", "O'Neill'; DROP TABLE customers; --", "株式会社アジア", "שרה Παπαδόπουλος"], name => Assert.Contains(partners, partner => partner.Name == name));
        Assert.Contains(partners, partner => partner.Email == "\"Müller GmbH & Co. KG\" <Accounts@C004.Example.com>" || partner.Email?.StartsWith('"') == true);
        Assert.Contains(partners, partner => partner.Email == "n/a");
    }

    [Fact]
    public async Task Changes_are_found_to_the_second_in_every_version()
    {
        var ids = Company.Ids().Skip(20).Take(5).ToList();
        var second = new DateTimeOffset(2026, 12, 1, 10, 0, 5, TimeSpan.Zero);
        Company.SameSecond(second, ids);
        var late = Company.AddLate("Late Commit Ltd", "late@example.com", second.AddSeconds(-1));
        var changed = await Partners.ReadAsync(new PartnerQuery(0, 100) { Since = second }, default);
        Assert.Equal(ids, changed.Partners.Select(partner => partner.Rank));
        Assert.All(changed.Partners, partner => Assert.Equal(second, partner.WriteDate));
        Assert.Equal([.. ids, late], (await Partners.ReadAsync(new PartnerQuery(0, 100) { Since = second.AddSeconds(-1) }, default)).Partners.Select(partner => partner.Rank));
    }

    [Fact]
    public async Task Archived_merged_and_deleted_partners_are_current()
    {
        var (archived, merged, into, deleted) = (Company.Ids()[10], Company.Ids()[11], Company.Ids()[12], Company.AddPartner("Gone", "gone@example.com"));
        Company.Archive(archived);
        Company.Merge(merged, into);
        Company.Delete(deleted);
        var requests = await Partners.ReadAsync(new PartnerQuery(0, 10) { Ids = [archived, merged, into, deleted] }, default);
        Assert.Equal([(archived, false), (into, true)], requests.Partners.Select(partner => (partner.Rank, partner.IsActive)));
        var left = await Partners.ReadIdsAsync(0, 1000, default);
        Assert.DoesNotContain(merged, left);
        Assert.DoesNotContain(deleted, left);
    }

    [Fact]
    public async Task Row_that_fails_its_page_is_reported_and_the_others_are_read()
    {
        var all = Company.Ids();
        long[] bad = [all[7], all[100], all[101], all[^1]];
        foreach (var id in bad)
        {
            Company.PoisonRow(id);
        }

        odoo.Book.Clear();
        var page = await Partners.ReadAsync(new PartnerQuery(0, 1000), default);
        Assert.Equal(bad, page.Unreadable.Select(row => row.Id));
        Assert.Equal(all.Except(bad), page.Partners.Select(partner => partner.Rank));
        Assert.Equal((all.Count, all[^1]), (page.Count, page.LastId));
        Assert.All(page.Unreadable, row => Assert.DoesNotContain("NoneType", row.Reason, StringComparison.Ordinal));
        Assert.InRange(odoo.Book.Count("res.partner.search_read"), 5, 60);
        Company.Heal();
        Assert.Empty((await Partners.ReadAsync(new PartnerQuery(0, 1000), default)).Unreadable);
    }

    [Fact]
    public async Task Failure_of_nearly_every_row_fails_the_page()
    {
        foreach (var id in Company.Ids())
        {
            Company.PoisonRow(id);
        }

        Assert.Equal(OdooFailure.Failed, await FailureAsync(() => Partners.ReadAsync(new PartnerQuery(0, 200), default)));
    }

    [Theory]
    [InlineData(Fault.BadGateway)]
    [InlineData(Fault.HtmlError)]
    [InlineData(Fault.HtmlAnswer)]
    [InlineData(Fault.BadJson)]
    [InlineData(Fault.DropConnection)]
    [InlineData(Fault.BusyDatabase)]
    public async Task Transient_fault_is_retried(Fault fault)
    {
        await client.VersionAsync(default);
        odoo.Book.FailNext(fault, times: 2);
        Assert.Equal(473, await client.CountAsync("res.partner", OdooDomain.All, default));
        Assert.Equal(3, odoo.Book.Count("res.partner.search_count"));
    }

    [Fact]
    public async Task Slow_or_stopped_server_is_unavailable_until_it_returns()
    {
        using var cancelled = odoo.NewClient(protocol, limit: TimeSpan.FromMilliseconds(300));
        await cancelled.VersionAsync(default);
        odoo.Book.FailAlways("res.partner", Fault.Hang);
        Assert.Equal(OdooFailure.Unavailable, await FailureAsync(() => cancelled.CountAsync("res.partner", OdooDomain.All, default)));
        odoo.Book.FailNoMore();
        Assert.Equal(473, await cancelled.CountAsync("res.partner", OdooDomain.All, default));
        await odoo.DisposeAsync();
        Assert.Equal(OdooFailure.Unavailable, await FailureAsync(() => cancelled.CountAsync("res.partner", OdooDomain.All, default)));
    }

    [Fact]
    public async Task Missing_models_fields_and_rights_are_distinguished()
    {
        Assert.Equal(OdooFailure.NoSuchModel, await FailureAsync(() => client.FieldsOfAsync("helpdesk.ticket", default)));
        Assert.Equal(OdooFailure.NoSuchModel, await FailureAsync(() => client.SearchReadAsync(new OdooSearch("helpdesk.ticket", OdooDomain.All, ["name"]), default)));
        Assert.Equal(1, odoo.Book.Count("helpdesk.ticket.fields_get"));
        Assert.Equal(OdooFailure.NoSuchField, await FailureAsync(() => client.CountAsync("res.partner", OdooDomain.All.And("shoe_size", "=", 44), default)));
        Company.DenyRobot("account.move");
        Assert.Equal(OdooFailure.Denied, await FailureAsync(() => client.CountAsync("account.move", OdooDomain.All, default)));
        Company.DenyRobot("res.company");
        Assert.Empty(await Partners.ReadCompanyPartnersAsync(default));
        var rows = await client.SearchReadAsync(new OdooSearch("res.partner", OdooDomain.All, ["name", "shoe_size"]) { Limit = 1 }, default);
        Assert.Equal(["id", "name"], rows[0].EnumerateObject().Select(field => field.Name));
    }

    [Fact]
    public async Task Wrong_key_or_database_is_refused_without_retries()
    {
        foreach (var (name, value) in new[] { ("ApiKey", "nope"), ("Database", "nope") })
        {
            var options = new OdooOptions
            {
                Url = odoo.Url.ToString(), Database = name == "Database" ? value : odoo.Database, User = odoo.Login, ApiKey = name == "ApiKey" ? value : odoo.ApiKey, Protocol = protocol,
            };
            using var otherPerson = new OdooClient(options, OdooModule.CreateHttpClient(), TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLogger<OdooClient>.Instance);
            odoo.Book.Clear();
            Assert.Equal(OdooFailure.Refused, await FailureAsync(() => otherPerson.CountAsync("res.partner", OdooDomain.All, default)));
            Assert.InRange(odoo.Book.Calls.Count, 1, 3);
        }
    }

    [Fact]
    public async Task Concurrent_calls_share_one_login()
    {
        var failures = new ConcurrentBag<Exception>();
        await Parallel.ForAsync(0, 40, async (_, cancellationToken) =>
        {
            try
            {
                Assert.Equal(30, await client.CountAsync("account.move", OdooDomain.All, cancellationToken));
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                failures.Add(failure);
            }
        });
        Assert.Empty(failures);
        Assert.InRange(odoo.Book.Count("common.authenticate"), 0, 1);
    }

    private async Task<(List<ErpPartner> Partners, List<(long Id, string Reason)> Unreadable)> ReadAllAsync(PartnerQuery query)
    {
        var (all, partners, unreadable) = (Partners, new List<ErpPartner>(), new List<(long, string)>());
        for (OdooPage? page = null; page?.LastId is not null || page is null;)
        {
            page = await all.ReadAsync(query with { After = page?.LastId ?? 0 }, default);
            partners.AddRange(page.Partners);
            unreadable.AddRange(page.Unreadable);
        }

        return (partners, unreadable);
    }

    private static async Task<OdooFailure> FailureAsync(Func<Task> call) => (await Assert.ThrowsAsync<OdooException>(call)).Kind;
}

public sealed class Odoo17ClientTests() : OdooClientTests(17, OdooProtocol.Auto, hasWorkers: false);

public sealed class Odoo19JsonRpcClientTests() : OdooClientTests(19, OdooProtocol.JsonRpc, hasWorkers: true);

public sealed class Odoo19Json2ClientTests() : OdooClientTests(19, OdooProtocol.Auto, hasWorkers: false);

public sealed class Odoo19WorkersClientTests() : OdooClientTests(19, OdooProtocol.Json2, hasWorkers: true);
