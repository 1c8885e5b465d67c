using System.Net;
using Patron.IntegrationTests.Hosting;

namespace Patron.IntegrationTests.Customers.Jobs;

/// <summary>Jobs of a separate customers service, which knows neither accounts nor their present permissions.</summary>
public sealed class SeparateServiceJobTests(TwoServices app) : IClassFixture<TwoServices>
{
    [Fact]
    public async Task Criteria_and_fields_that_accounts_keep_are_refused_and_there_are_no_invitations()
    {
        var staff = await app.SomeStaffAsync();
        var changes = new { notes = "x" };
        await (await app.PostJobAsync(staff, new { kind = "update", filter = new { query = "john", first_name = "a", last_name = "b", email = "c", phone = "123" }, changes }))
            .ShouldRefuseAsync("filter.query", "filter.first_name", "filter.last_name", "filter.email", "filter.phone");
        await (await app.PostJobAsync(staff, new { kind = "update", filter = new { }, changes = new { phone = "+49 30 1", language = "de", notes = "x" } }))
            .ShouldRefuseAsync("changes.phone", "changes.language");
        await (await app.PostJobAsync(staff, new { kind = "invite", filter = new { } })).ShouldRefuseAsync("kind");
    }

    [Fact]
    public async Task Own_columns_are_changed_and_undone_also_of_people_with_an_account()
    {
        var staff = await app.SomeStaffAsync();
        var (tag, customers) = await app.TaggedCustomersAsync(staff, 2);
        await app.LinkAsync(customers[0], await app.RegisterAsync());

        var job = await app.ApplyAsync(staff, await app.PreviewAsync(staff, "update", tag, new { city = "Oslo", marketing_emails = false }));

        Assert.Equal(2, job.Figure("changed"));
        Assert.Equal(("", "Oslo"), (await app.CustomersSqlAsync<string>("SELECT name FROM customers.customers WHERE customer_id = $1", customers[0].Id()), (await app.ReadCustomerAsync(staff, customers[0].Id())).Text("city")));
        Assert.Equal(2, (await app.UndoAsync(staff, job)).Figure("undone"));
    }

    [Fact]
    public async Task Job_pauses_when_the_token_that_confirmed_it_has_expired()
    {
        var staff = await app.SomeStaffAsync();
        var (tag, _) = await app.TaggedCustomersAsync(staff, 1);
        var job = await app.PreviewAsync(staff, "add_tags", tag, new { tags = "expired" });
        await app.CustomersSqlAsync<object>(
            """
            CREATE FUNCTION public.expire() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.acting = jsonb_set(NEW.acting, '{rights_until}', '"2020-01-01T00:00:00Z"'); RETURN NEW; END $$;
            CREATE TRIGGER expire BEFORE UPDATE ON customers.jobs FOR EACH ROW WHEN (OLD.state = 'ready') EXECUTE FUNCTION public.expire()
            """);

        await (await app.ConfirmAsync(staff, job)).ShouldBeAsync(HttpStatusCode.Accepted);

        Assert.Equal("rights_lost", (await app.UntilJobIsAsync(staff, job.JobId(), "paused")).Text("reason"));
        Assert.Equal(1, (await app.ApplyAsync(staff, job)).Figure("changed"));
        await app.CustomersSqlAsync<object>("DROP TRIGGER expire ON customers.jobs");
    }
}
