using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Patron.Customers.Import;
using Patron.IntegrationTests.Accounts;
using Patron.IntegrationTests.Customers;
using Patron.IntegrationTests.Hosting;
using Patron.IntegrationTests.Sync;
using Patron.Hosting;
using Patron.Shared.Background;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Imports;
using static Patron.IntegrationTests.Customers.CustomerIntents;

namespace Patron.IntegrationTests.Linking;

/// <summary>A mailbox is the same for every entry point, regardless of the spelling of its domain; old databases are migrated.</summary>
public sealed class EmailKeyTests(TestDatabase database, OneProcess app) : IClassFixture<OneProcess>
{
    private const string Conflicts = "/api/portal/email-conflicts";

    [Theory]
    [InlineData("anna@bücher.example", "anna@xn--bcher-kva.example")]
    [InlineData("ben@xn--bcher-kva.example", "BEN@Bücher\u3002example")]
    public async Task An_account_signs_in_with_either_spelling_and_no_second_one_registers(string one, string other)
    {
        var person = await app.RegisterAsync(one);

        Assert.Equal(one, person.Email);
        await (await app.TryRegisterAsync(other)).ShouldFailAsync(HttpStatusCode.BadRequest);
        Assert.Equal(person.Id, (await app.SignInAsync(other)).Id);
    }

    [Fact]
    public async Task All_entry_points_find_the_same_record_in_either_spelling()
    {
        var staff = await app.SomeStaffAsync();
        var (one, other) = ("carl@grün.example", "carl@xn--grn-ioa.example");
        var made = await app.CreateCustomerAsync(staff, JohnDoe(one));
        var second = await app.CreateCustomerAsync(staff);

        Assert.Equal(one, made.Text("email"));
        await (await app.PostCustomerAsync(staff, JohnDoe(other))).ShouldBeAsync(HttpStatusCode.BadRequest);
        await (await app.PutCustomerAsync(staff, second.Id(), new { email = other })).ShouldBeAsync(HttpStatusCode.BadRequest);
        await (await app.Customers.SendAsync(HttpMethod.Post, Api + "bulk-update", staff, new { customer_ids = new[] { second.Id() }, updates = new { email = other } })).ShouldBeAsync(HttpStatusCode.BadRequest);
        Assert.Equal(made.Id(), (await (await app.Customers.SendAsync(HttpMethod.Get, $"{Api}email/{other}", staff)).ShouldBeAsync(HttpStatusCode.OK)).Id());
        Assert.Contains("already has this email", Assert.Single(await ImportAsync($"first_name,last_name,email\nCarl,Green,{other}\n")), StringComparison.Ordinal);
        Assert.Null(Assert.Single(await ImportAsync("first_name,last_name,email\nCa\u200brl\u202e,Green,car\u200bla@grün.example\u2028\n")));
    }

    [Fact]
    public async Task An_invitation_in_one_spelling_is_accepted_in_the_other()
    {
        var (owner, organization) = await app.OwnerAsync();
        await (await app.InviteAsync(owner, organization, "dora@xn--grn-ioa.example", "employee")).ShouldBeAsync(HttpStatusCode.Accepted);
        var token = (await app.MailAsync("dora@xn--grn-ioa.example", "you're invited")).Token;

        await (await app.AcceptAsync(await app.RegisterAsync("dora@grün.example"), token)).ShouldBeAsync(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Proof_links_a_record_in_another_spelling_and_a_reset_goes_to_the_stored_one()
    {
        var waiting = await app.CreateCustomerAsync(await app.SomeStaffAsync(), JohnDoe("emil@grün.example"));
        var person = await app.RegisterAsync("emil@xn--grn-ioa.example");
        await app.ProveAsync(person);

        Assert.Equal(person.Id, (await app.ReadCustomerAsync(await app.SomeStaffAsync(), waiting.Id())).User());
        await (await app.PostAsync("password/forgot/", new { email = "emil@GRÜN.example" })).ShouldBeAsync(HttpStatusCode.Accepted);
        await app.MailAsync("emil@xn--grn-ioa.example", "reset your");
    }

    [Fact]
    public async Task Two_partners_with_one_mailbox_are_a_conflict_and_a_record_of_staff_is_adopted()
    {
        await using var world = await SyncWorld.StartAsync(database, ErpKind.Csv);
        var entered = await world.CreateCustomerAsync(await world.SomeStaffAsync(), JohnDoe("erp@bücher.example"));
        var first = world.Company.AddPartner("One", "erp@xn--bcher-kva.example");
        var second = world.Company.AddPartner("Two", "e\u200brp@BÜCHER.example");
        var none = world.Company.AddPartner("Three", "erp@xn--zzzzzzzz999.example");

        await world.SyncAsync();

        Assert.Equal(entered.Id(), (await world.CustomerOfAsync(first)).Id());
        Assert.Equal("conflict same_address", await world.StateOfAsync(second));
        Assert.Equal("skipped no_email", await world.StateOfAsync(none));
    }

    [Theory]
    [InlineData("ev\u200be@example.com")]
    [InlineData("eve@exam\u00adple.com")]
    [InlineData("eve@ex\u202eample.com")]
    [InlineData("eve@xn--zzzzzzzz999.example")]
    public async Task A_confusable_address_is_refused(string email)
    {
        await (await app.TryRegisterAsync(email)).ShouldBeInvalidAsync("email");
        await (await app.PostCustomerAsync(await app.SomeStaffAsync(), JohnDoe(email))).ShouldRefuseAsync("email");
    }

    [Fact]
    public async Task Names_are_trimmed_keep_joiners_and_refuse_direction_controls()
    {
        var staff = await app.SomeStaffAsync();
        Dictionary<string, object?> Named(string first) => new(JohnDoe(), StringComparer.Ordinal) { ["first_name"] = first, ["phone"] = "\u202a+49 30\u200e 1234567\u202c" };

        var made = await app.CreateCustomerAsync(staff, Named("\u200bمی\u200cخواهم\u202c"));
        Assert.Equal(("می\u200cخواهم", "+49 30 1234567"), (made.Text("first_name"), made.Text("phone")));
        await (await app.PostCustomerAsync(staff, Named("Jane\u202eDoe"))).ShouldRefuseAsync("first_name", "name");
        await (await app.PostCustomerAsync(staff, Named("Jane\u2028Doe"))).ShouldRefuseAsync("first_name", "name");
        await (await app.PostCustomerAsync(staff, Named("\u200b\u3164\u2800"))).ShouldRefuseAsync("first_name");
        await (await app.PostAsync("register/", new { email = Intents.NewEmail(), first_name = "\u2066\u200b", last_name = "Do\u2069e", password1 = Intents.GoodPassword, password2 = Intents.GoodPassword }))
            .ShouldBeInvalidAsync("first_name", "last_name");
    }

    [Fact]
    public async Task Old_keys_are_updated_once_and_conflicts_are_listed_for_staff()
    {
        var admin = await app.SharedAdminAsync();
        var staff = await app.SomeStaffAsync();
        var (plain, taken, holder) = (await CreateAsync(staff, "old@früh.example"), await CreateAsync(staff, "twin@other.example"), await CreateAsync(staff, "twin@xn--frh-ioa.example"));
        var (user, other) = (await app.RegisterAsync("user@other.example"), await app.RegisterAsync("user@xn--frh-ioa.example"));
        // Stored as older versions did.
        await app.CustomersSqlAsync<object>("UPDATE customers.customers SET email_key = 'old@früh.example' WHERE customer_id = $1", plain.Id());
        await app.CustomersSqlAsync<object>("UPDATE customers.customers SET email = 'Twin@Früh.example', email_key = 'twin@früh.example' WHERE customer_id = $1", taken.Id());
        await app.AccountsSqlAsync<object>("UPDATE accounts.users SET email = 'user@früh.example', normalized_email = 'user@früh.example' WHERE id = $1", user.Id);
        await app.CustomersSqlAsync<object>("DELETE FROM shared.background_migrations WHERE name LIKE '%.email_key' OR name LIKE '%.normalized_email'");

        var keys = app.Customers.Services.GetRequiredService<EmailKeys>();
        await app.Customers.Services.GetRequiredService<CompletedMigrations>().ReadAsync(CancellationToken.None);
        await keys.RefreshAsync(CancellationToken.None);

        Assert.Equal("old@xn--frh-ioa.example", await app.CustomersSqlAsync<string>("SELECT email_key FROM customers.customers WHERE customer_id = $1", plain.Id()));
        Assert.Equal("old@früh.example", (await app.ReadCustomerAsync(staff, plain.Id())).Text("email"));
        var listed = await ListAsync(staff);
        Assert.Equal([("customer", taken.Id(), "Twin@Früh.example", holder.Id(), "twin@xn--frh-ioa.example")], listed);
        Assert.Equal([("customer", taken.Id()), ("user", user.Id.ToString())], (await ListAsync(admin)).Select(one => (one.Kind, one.Id)).Order());
        await (await app.Customers.SendAsync(HttpMethod.Get, Conflicts, user)).ShouldBeAsync(HttpStatusCode.Forbidden);

        // Until then each is found by its own spelling.
        Assert.Equal(user.Id, (await app.SignInAsync("user@FRÜH.example")).Id);
        Assert.Equal(other.Id, (await app.SignInAsync("user@xn--frh-ioa.example")).Id);

        // After the other one has changed, the entry disappears and the key is updated.
        await (await app.PutCustomerAsync(staff, holder.Id(), new { email = "moved@other.example" })).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Empty(await ListAsync(staff));
        await keys.RetryAsync(CancellationToken.None);
        Assert.Equal("twin@xn--frh-ioa.example", await app.CustomersSqlAsync<string>("SELECT email_key FROM customers.customers WHERE customer_id = $1", taken.Id()));
        // The account itself gets another address.
        await app.AccountsSqlAsync<object>("UPDATE accounts.users SET email = 'user@other.example', normalized_email = 'user@other.example' WHERE id = $1", user.Id);
        await keys.RetryAsync(CancellationToken.None);
        Assert.Equal(0, await app.CustomersSqlAsync<long>("SELECT count(*) FROM shared.email_key_conflicts"));
    }

    private Task<JsonElement> CreateAsync(Person staff, string email) => app.CreateCustomerAsync(staff, JohnDoe(email));

    private async Task<List<(string Kind, string Id, string Email, string OtherId, string OtherEmail)>> ListAsync(Person who)
    {
        var answer = await (await app.Customers.SendAsync(HttpMethod.Get, Conflicts, who)).ShouldBeAsync(HttpStatusCode.OK);
        return [.. answer.GetProperty("data").EnumerateArray().Select(one => (one.Text("kind")!, one.Text("id")!, one.Text("email")!, one.Text("other_id")!, one.Text("other_email")!))];
    }

    private async Task<IEnumerable<string?>> ImportAsync(string csv)
    {
        await using var scope = app.Customers.Services.CreateAsyncScope();
        var told = new List<ImportedLine>();
        await scope.ServiceProvider.GetRequiredService<ImportCustomers>().HandleAsync(
            Caller.System(app.Home()), CustomerCsv.ReadAsync(new MemoryStream(Encoding.UTF8.GetBytes(csv)), _ => { }, CancellationToken.None), allOrNothing: false, told.Add, CancellationToken.None);
        return [.. told.Select(line => line.Rejection)];
    }
}
