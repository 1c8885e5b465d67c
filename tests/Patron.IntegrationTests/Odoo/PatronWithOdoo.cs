using System.Net;
using System.Text.Json;
using Patron.IntegrationTests.Hosting;
using Patron.IntegrationTests.Linking;
using Patron.OdooStandIn.Company;
using Patron.OdooStandIn.Server;
using Patron.Shared;

namespace Patron.IntegrationTests.Odoo;

/// <summary>Role all with an Odoo 19 and the typical company. Dashboard sections have a timeout of one second.</summary>
public sealed class PatronWithOdoo(TestDatabase database) : PatronApp(database), IAsyncDisposable
{
    public StandInOdoo Odoo { get; private set; } = null!;

    public StandInCompany Company => Odoo.Company;

    /// <summary>A person whose customer record in the home organization is linked to a partner.</summary>
    public async Task<Person> CustomerOfAsync(long partner)
    {
        var (person, customer) = await this.SignUpAsync();
        await LinkPartnerAsync(customer.Uid, partner);
        return person;
    }

    /// <summary>Links a customer and a partner as a sync does.</summary>
    public async Task LinkPartnerAsync(Guid customerUid, long? partner)
    {
        await CustomersSqlAsync<object>("UPDATE customers.customers SET erp_source = CASE WHEN $2::bigint IS NOT NULL THEN 'odoo' END, erp_id = $2::bigint::text WHERE uid = $1", customerUid, partner is { } id ? id : DBNull.Value);
        await CustomersSqlAsync<object>(
            """
            INSERT INTO erp.partners (source, external_id, rank, organization_id, state, customer_uid, email_key, is_active, first_seen_at, last_seen_at)
            SELECT erp_source, erp_id, 0, organization_id, 'current', uid, email_key, true, now(), now() FROM customers.customers WHERE uid = $1 AND erp_id IS NOT NULL
            """,
            customerUid);
    }

    /// <summary>A new company in Odoo without any documents.</summary>
    public long NewPartner(string name = "New Partner Ltd", long? parent = null, bool isCompany = true) =>
        Company.AddPartner(name, null, ("is_company", isCompany), ("parent_id", parent));

    public Task<HttpResponseMessage> GetDashboardAsync(Person who, params (string Name, string Value)[] headers) =>
        Accounts.SendAsync(HttpMethod.Get, "/api/portal/dashboard", who, null, headers);

    public async Task<JsonElement> ReadDashboardAsync(Person who) => (await (await GetDashboardAsync(who)).ShouldBeAsync(HttpStatusCode.OK)).GetProperty("data");

    async ValueTask IAsyncDisposable.DisposeAsync()
    {
        await DisposeAsync();
        await Odoo.DisposeAsync();
    }

    protected override async Task<(RunningPatron Accounts, RunningPatron Customers)> StartAsync()
    {
        Odoo = await StandInOdoo.StartAsync(StandInCompany.Typical());
        var server = await StartAsync(ProcessRole.All, Odoo.Settings(("Odoo:SectionTimeout", "00:00:03"), ("Odoo:Schedule", "never")));
        return (server, server);
    }
}
