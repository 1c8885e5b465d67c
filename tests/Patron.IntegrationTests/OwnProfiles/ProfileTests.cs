using System.Net;
using System.Text.Json;
using Patron.IntegrationTests.Customers;
using Patron.IntegrationTests.Hosting;
using Patron.IntegrationTests.Linking;
using Patron.Shared.Callers;

namespace Patron.IntegrationTests.OwnProfiles;

/// <summary>The profiles dialect (source 3): the caller's own record, in one process and in two services.</summary>
public abstract class ProfileTests(PatronApp app)
{
    private const int Many = 50;

    [Fact]
    public async Task A_profile_shows_its_own_fields_and_those_of_the_account()
    {
        var person = await app.RegisterAsync();
        await app.ChangeAccountAsync(person, new { phone_number = "+1 555 0123" });
        await (await app.GetProfileAsync(person)).ShouldBeAsync(HttpStatusCode.NotFound);

        var response = await app.PostProfileAsync(person);
        var made = await response.ShouldBeAsync(HttpStatusCode.Created);
        Assert.Equal(ProfileIntents.Profile, response.Headers.Location?.ToString());
        Assert.All(ProfileIntents.Portland(), field => Assert.Equal(field.Value, made.Text(field.Key)));
        Assert.Equal((person.Email, "Jane", "Doe", "+1 555 0123"), (made.Text("email"), made.Text("first_name"), made.Text("last_name"), made.Text("phone_number")));
        Assert.Equal((person.Id, 0, false, "active"), (made.GetProperty("user_id").GetGuid(), made.GetProperty("total_services").GetInt32(), made.GetProperty("is_verified").GetBoolean(), made.Text("status")));
        foreach (var empty in new[] { "last_service_date", "incomplete", "pending_changes", "merged_into", "tax_id", "date_of_birth" })
        {
            Assert.Equal(JsonValueKind.Null, made.GetProperty(empty).ValueKind);
        }

        Assert.Equal(made.ToString(), (await app.ReadProfileAsync(person)).ToString());
        // Its id is the record's uid, by which staff find it.
        var record = await app.ReadCustomerAsync(await app.SomeStaffAsync(), made.Text("id")!);
        Assert.Equal((made.Id(), "Jane Doe", person.Email, "123 Main St"), (record.Id(), record.Text("full_name"), record.Text("email"), record.Text("address_line1")));
    }

    [Fact]
    public async Task A_second_profile_is_refused()
    {
        var person = await app.RegisterAsync();
        var made = await app.CreateProfileAsync(person);
        var refusal = await (await app.PostProfileAsync(person, new { city = "Boston" })).ShouldBeAsync(HttpStatusCode.BadRequest);
        Assert.StartsWith("You already have a profile", refusal.Text("detail"), StringComparison.Ordinal);
        Assert.Equal(made.ToString(), (await app.ReadProfileAsync(person)).ToString());
    }

    [Fact]
    public async Task Of_fifty_concurrent_creates_one_succeeds()
    {
        var person = await app.ProvenPersonAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, Many).Select(_ => app.PostProfileAsync(person)));
        Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.Created);
        Assert.Equal(Many - 1, answers.Count(answer => answer.StatusCode == HttpStatusCode.BadRequest));
        Assert.Equal(1, await app.CustomersSqlAsync<long>("SELECT count(*) FROM customers.customers WHERE user_id = $1", person.Id));
    }

    [Theory]
    [InlineData("PATCH")]
    [InlineData("PUT")]
    public async Task An_update_changes_only_the_fields_it_contains(string method)
    {
        var person = await app.RegisterAsync();
        await app.CreateProfileAsync(person);
        var change = new
        {
            street_address = "456 New Ave", city = "Seattle", company_name = (string?)null, date_of_birth = "1990-01-15T00:00:00", preferred_contact_method = "sms",
            notification_preferences = new { news = true }, marketing_sms = true,
        };
        var after = await (await app.Customers.SendAsync(new HttpMethod(method), ProfileIntents.Profile + "update/", person, change)).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal(("456 New Ave", "Seattle", "Oregon", null, "1990-01-15", "sms"),
            (after.Text("street_address"), after.Text("city"), after.Text("state"), after.Text("company_name"), after.Text("date_of_birth"), after.Text("preferred_contact_method")));
        Assert.True(after.GetProperty("marketing_sms").GetBoolean());
        Assert.True(after.GetProperty("notification_preferences").GetProperty("news").GetBoolean());
        Assert.Equal("customer", await app.CustomersSqlAsync<string>("SELECT source FROM customers.consents WHERE customer_uid = $1 ORDER BY id DESC LIMIT 1", after.GetProperty("id").GetGuid()));
    }

    [Theory]
    [InlineData("first_name", "Janet")]
    [InlineData("last_name", "Roe")]
    [InlineData("email", "other@tests.example")]
    [InlineData("email", null)]
    [InlineData("phone_number", "+1 555 9999")]
    public async Task Changing_fields_that_the_account_owns_is_refused(string field, string? value)
    {
        var person = await app.RegisterAsync();
        var body = ProfileIntents.Portland();
        body[field] = value;
        var refusal = await (await app.PostProfileAsync(person, body)).ShouldBeAsync(HttpStatusCode.BadRequest);
        Assert.Contains(field, refusal.Text("detail"), StringComparison.Ordinal);
        Assert.Contains("/api/auth/profile/update/", refusal.Text("detail"), StringComparison.Ordinal);
        await (await app.GetProfileAsync(person)).ShouldBeAsync(HttpStatusCode.NotFound);

        await app.CreateProfileAsync(person);
        body["city"] = "Seattle";
        await (await app.PatchProfileAsync(person, body)).ShouldBeAsync(HttpStatusCode.BadRequest);
        Assert.Equal("Portland", (await app.ReadProfileAsync(person)).Text("city"));
    }

    [Fact]
    public async Task Unchanged_fields_that_the_account_owns_are_accepted()
    {
        var person = await app.RegisterAsync();
        var body = ProfileIntents.Portland();
        (body["first_name"], body["last_name"], body["email"], body["phone_number"]) = ("Jane", " Doe ", person.Email.ToUpperInvariant(), null);
        var made = await app.CreateProfileAsync(person, body);
        var response = await app.PatchProfileAsync(person, JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(made.ToString())!);
        Assert.Equal(made.ToString(), (await response.ShouldBeAsync(HttpStatusCode.OK)).ToString());
    }

    [Fact]
    public async Task A_changed_account_name_is_shown_at_the_next_call_even_with_an_older_token()
    {
        var person = await app.RegisterAsync();
        var made = await app.CreateProfileAsync(person);
        await app.ChangeAccountAsync(person, new { first_name = "Janet", phone_number = "+1 555 0177" });
        var profile = await app.ReadProfileAsync(person);
        Assert.Equal(("Janet", "+1 555 0177"), (profile.Text("first_name"), profile.Text("phone_number")));
        var staff = await app.SomeStaffAsync();
        var record = await app.ReadCustomerAsync(staff, made.Id());
        Assert.Equal(("Janet", "Janet Doe", "Janet Doe", "+1 555 0177", "+15550177"), (record.Text("first_name"), record.Text("full_name"), record.Text("name"), record.Text("phone"), record.Text("phone_e164")));
        var found = await (await app.Customers.SendAsync(HttpMethod.Post, CustomerIntents.Api + "search", staff, new { email = person.Email })).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal("Janet Doe", Assert.Single(found.GetProperty("customers").EnumerateArray()).Text("full_name"));
    }

    [Fact]
    public async Task A_deleted_profile_is_404_for_its_owner_and_restored_by_a_new_create()
    {
        var person = await app.RegisterAsync();
        var made = await app.CreateProfileAsync(person);
        var deleted = await (await app.DeleteProfileAsync(person)).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal(("inactive", false, "Portland"), (deleted.Text("status"), deleted.GetProperty("is_active").GetBoolean(), deleted.Text("city")));
        foreach (var gone in new[] { app.GetProfileAsync(person), app.PatchProfileAsync(person, new { city = "Boston" }), app.DeleteProfileAsync(person) })
        {
            await (await gone).ShouldBeAsync(HttpStatusCode.NotFound);
        }

        await (await app.GetCustomerAsync(person, made.Id())).ShouldBeAsync(HttpStatusCode.NotFound);
        Assert.Equal("Jane Doe", (await app.ReadCustomerAsync(await app.SomeStaffAsync(), made.Id())).Text("full_name"));

        var back = await app.CreateProfileAsync(person, new { city = "Boston", gender = "female" });
        Assert.Equal((made.Id(), "Boston", "female", "Oregon", "active"), (back.Id(), back.Text("city"), back.Text("gender"), back.Text("state"), back.Text("status")));
        await (await app.PostProfileAsync(person)).ShouldBeAsync(HttpStatusCode.BadRequest);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_record_deleted_by_staff_is_not_restored_by_a_new_create(bool isAfterOwnDeletion)
    {
        var staff = await app.SomeStaffAsync();
        var person = await app.RegisterAsync();
        var made = await app.CreateProfileAsync(person);
        if (isAfterOwnDeletion)
        {
            await (await app.DeleteProfileAsync(person)).ShouldBeAsync(HttpStatusCode.OK);
            await (await app.Customers.SendAsync(HttpMethod.Post, $"{CustomerIntents.Api}{made.Id()}/restore/", staff)).ShouldBeAsync(HttpStatusCode.OK);
        }

        await (await app.Customers.SendAsync(HttpMethod.Delete, CustomerIntents.Api + made.Id(), staff)).ShouldBeAsync(HttpStatusCode.OK);
        var deleted = await app.ReadCustomerAsync(staff, made.Id());

        var refusal = await (await app.PostProfileAsync(person, new { city = "Boston" })).ShouldBeAsync(HttpStatusCode.BadRequest);

        Assert.Contains("deactivated by the organization", refusal.Text("detail"), StringComparison.Ordinal);
        await (await app.GetProfileAsync(person)).ShouldBeAsync(HttpStatusCode.NotFound);
        var left = await app.ReadCustomerAsync(staff, made.Id());
        Assert.Equal(("inactive", false, "Portland"), (left.Text("status"), left.GetProperty("is_active").GetBoolean(), left.Text("city")));
        Assert.Equal(deleted.ToString(), left.ToString());
    }

    [Fact]
    public async Task A_record_of_staff_is_linked_to_the_proven_owner_and_the_first_create_fills_empty_fields()
    {
        var email = Intents.NewEmail();
        var waiting = await app.CreateCustomerAsync(await app.SomeStaffAsync(), CustomerIntents.JohnDoe(email));
        var person = await app.RegisterAsync(email);
        await (await app.GetProfileAsync(person)).ShouldBeAsync(HttpStatusCode.NotFound); // Typing an address is not enough.
        await app.ProveAsync(person);

        var linked = await app.ReadProfileAsync(person);
        Assert.Equal((waiting.Id(), "Jane", "123 Main Street", true), (linked.Id(), linked.Text("first_name"), linked.Text("street_address"), linked.GetProperty("is_verified").GetBoolean()));
        var made = await app.CreateProfileAsync(person, new { street_address = "1 Elm Street", tax_id = "DE123", marketing_emails = false });
        Assert.Equal((waiting.Id(), "123 Main Street", "DE123", false), (made.Id(), made.Text("street_address"), made.Text("tax_id"), made.GetProperty("marketing_emails").GetBoolean()));
        await (await app.PostProfileAsync(person)).ShouldBeAsync(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task A_profile_and_a_record_of_staff_are_merged_by_the_proof()
    {
        var email = Intents.NewEmail();
        var person = await app.RegisterAsync(email);
        var own = await app.CreateProfileAsync(person, new { city = "Portland", tax_id = "DE123" });
        var waiting = await app.CreateCustomerAsync(await app.SomeStaffAsync(), CustomerIntents.JohnDoe(email));
        Assert.NotEqual(own.Id(), waiting.Id());
        await app.ProveAsync(person);

        var one = await app.ReadProfileAsync(person);
        Assert.Equal((waiting.Id(), "New York", "DE123", "Jane"), (one.Id(), one.Text("city"), one.Text("tax_id"), one.Text("first_name")));
        Assert.Equal(waiting.Id(), (await app.ReadCustomerAsync(await app.SomeStaffAsync(), own.Id())).Text("merged_into"));
        await (await app.PostProfileAsync(person)).ShouldBeAsync(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task After_a_takeover_the_earlier_profile_does_not_belong_to_the_owner()
    {
        var email = Intents.NewEmail();
        var stranger = await app.RegisterAsync(email, "Mallory");
        var typed = await app.CreateProfileAsync(stranger, new { city = "Nowhere" });
        var owner = await app.TakeOverAsync(email);

        await (await app.GetProfileAsync(owner)).ShouldBeAsync(HttpStatusCode.NotFound);
        var made = await app.CreateProfileAsync(owner, new { city = "Portland" });
        Assert.NotEqual(typed.Id(), made.Id());
        Assert.Equal("inactive", (await app.ReadCustomerAsync(await app.SomeStaffAsync(), typed.Id())).Text("status"));
    }

    [Fact]
    public async Task In_another_organization_only_the_person_s_own_create_links_a_record()
    {
        var staff = await app.StaffOfNewOrganizationAsync();
        var person = await app.ProvenPersonAsync();
        var waiting = await app.CreateCustomerAsync(staff, CustomerIntents.JohnDoe(person.Email));
        var organization = waiting.GetProperty("organization_id").GetGuid();
        await app.MakeMemberAsync(person.Email, OrganizationRole.Customer, organization);
        person = await app.SignInAsync(person.Email);
        (string, string) acting = (ActingOrganization.Header, organization.ToString());
        await (await app.GetProfileAsync(person, acting)).ShouldBeAsync(HttpStatusCode.NotFound);
        Assert.Equal("John", (await app.ReadCustomerAsync(staff, waiting.Id())).Text("first_name"));

        var made = await (await app.PostProfileAsync(person, new { city = "Boston", gender = "female" }, acting)).ShouldBeAsync(HttpStatusCode.Created);
        Assert.Equal((waiting.Id(), "Jane", "New York"), (made.Id(), made.Text("first_name"), made.Text("city")));
        Assert.Equal("Jane Doe", (await app.ReadCustomerAsync(staff, waiting.Id())).Text("full_name"));
        await (await app.GetProfileAsync(person)).ShouldBeAsync(HttpStatusCode.NotFound); // There is none at home.
    }

    [Fact]
    public async Task A_stale_version_is_refused()
    {
        var person = await app.RegisterAsync();
        var tag = (await app.PostProfileAsync(person)).Headers.ETag!.ToString();
        await (await app.PatchProfileAsync(person, new { city = "Boston" }, ("If-Match", "W/" + tag))).ShouldBeAsync(HttpStatusCode.OK);
        await (await app.PatchProfileAsync(person, new { city = "Seattle" }, ("If-Match", tag))).ShouldBeAsync(HttpStatusCode.PreconditionFailed);
    }

    [Fact]
    public async Task Invalid_fields_are_named_as_they_were_sent()
    {
        var person = await app.RegisterAsync();
        var body = new { street_address = new string('x', 256), emergency_contact_phone = "none", website = "not an address", date_of_birth = "2999-01-01" };
        await (await app.PostProfileAsync(person, body)).ShouldRefuseAsync("street_address", "emergency_contact_phone", "website", "date_of_birth");
        await app.CreateProfileAsync(person);
        await (await app.PatchProfileAsync(person, body)).ShouldRefuseAsync("street_address", "emergency_contact_phone", "website", "date_of_birth");
        await (await app.PatchProfileAsync(person, new { city = 5 })).ShouldBeAsync(HttpStatusCode.UnprocessableEntity);
    }

    [Fact]
    public async Task Fifty_concurrent_services_are_all_counted_and_the_last_time_is_kept()
    {
        var staff = await app.SomeStaffAsync();
        var person = await app.RegisterAsync();
        var made = await app.CreateProfileAsync(person);
        var answers = await Task.WhenAll(Enumerable.Range(0, Many).Select(async _ => await (await app.CountServiceAsync(staff, made.Id())).ShouldBeAsync(HttpStatusCode.OK)));
        Assert.Equal(Enumerable.Range(1, Many), answers.Select(answer => answer.GetProperty("total_services").GetInt32()).Order());
        var last = answers.MaxBy(answer => answer.GetProperty("total_services").GetInt32());
        Assert.Equal((made.Text("id"), made.Id(), person.Id), (last.Text("id"), last.Id(), last.GetProperty("user_id").GetGuid()));
        var profile = await app.ReadProfileAsync(person);
        Assert.Equal((Many, last.Text("last_service_date")), (profile.GetProperty("total_services").GetInt32(), profile.Text("last_service_date")));
    }

    [Fact]
    public async Task Only_staff_of_the_organization_can_count_services()
    {
        var person = await app.RegisterAsync();
        var made = await app.CreateProfileAsync(person);
        await (await app.CountServiceAsync(person, made.Id())).ShouldBeAsync(HttpStatusCode.Forbidden);
        await (await app.CountServiceAsync(await app.StaffOfNewOrganizationAsync(), made.Id())).ShouldBeAsync(HttpStatusCode.NotFound);
        await (await app.CountServiceAsync(await app.SomeStaffAsync(), "CUST_00000000")).ShouldBeAsync(HttpStatusCode.NotFound);
        await (await app.Customers.SendAsync(HttpMethod.Post, $"{CustomerIntents.Api}{made.Id()}/increment_service/")).ShouldBeAsync(HttpStatusCode.Unauthorized);
        Assert.Equal(0, (await app.ReadProfileAsync(person)).GetProperty("total_services").GetInt32());
    }

    [Fact]
    public async Task People_can_check_their_own_profile_and_staff_every_profile()
    {
        var person = await app.RegisterAsync();
        async Task<(bool, string?)> CheckAsync(Person who, object? body = null)
        {
            var answer = await (await app.CheckProfileAsync(who, body)).ShouldBeAsync(HttpStatusCode.OK);
            return (answer.GetProperty("exists").GetBoolean(), answer.Text("customer_id"));
        }

        Assert.Equal((false, null), await CheckAsync(person));
        var made = await app.CreateProfileAsync(person);
        Assert.Equal((true, made.Id()), await CheckAsync(person));
        Assert.Equal((true, made.Id()), await CheckAsync(person, new { user_id = person.Id }));
        Assert.Equal((true, made.Id()), await CheckAsync(await app.SomeStaffAsync(), new { user_id = person.Id }));
        Assert.Equal((false, null), await CheckAsync(await app.StaffOfNewOrganizationAsync(), new { user_id = person.Id }));
        await (await app.CheckProfileAsync(await app.RegisterAsync(), new { user_id = person.Id })).ShouldBeAsync(HttpStatusCode.Forbidden);
        await (await app.CheckProfileAsync(person, new { user_id = "7" })).ShouldBeAsync(HttpStatusCode.UnprocessableEntity);
        await (await app.DeleteProfileAsync(person)).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal((false, null), await CheckAsync(person));
    }

    [Fact]
    public async Task Customers_see_their_own_statistics_and_staff_see_all()
    {
        var person = await app.RegisterAsync();
        async Task<JsonElement> StatsAsync(Person who) =>
            await (await app.Customers.SendAsync(HttpMethod.Get, CustomerIntents.Api + "stats/", who)).ShouldBeAsync(HttpStatusCode.OK);

        await (await app.Customers.SendAsync(HttpMethod.Get, CustomerIntents.Api + "stats/", person)).ShouldBeAsync(HttpStatusCode.NotFound);
        var made = await app.CreateProfileAsync(person);
        var own = await StatsAsync(person);
        Assert.Equal(["total_services", "last_service_date", "customer_since", "is_verified", "profile_completeness"], own.EnumerateObject().Select(field => field.Name));
        Assert.Equal((0, made.Text("customer_since"), 33), (own.GetProperty("total_services").GetInt32(), own.Text("customer_since"), own.GetProperty("profile_completeness").GetInt32()));
        await app.CountServiceAsync(await app.SomeStaffAsync(), made.Id());
        await app.ChangeAccountAsync(person, new { phone_number = "+1 555 0100" });
        await app.ProveAsync(person);
        own = await StatsAsync(person);
        Assert.Equal((1, 100), (own.GetProperty("total_services").GetInt32(), own.GetProperty("profile_completeness").GetInt32()));

        var staff = await app.StaffOfNewOrganizationAsync();
        await app.CreateCustomerAsync(staff);
        Assert.Equal(1, (await StatsAsync(staff)).GetProperty("total_customers").GetInt32());
    }

    [Fact]
    public async Task Anonymous_callers_are_401()
    {
        foreach (var (method, path) in new[] { (HttpMethod.Get, "profile/"), (HttpMethod.Post, "profile/create/"), (HttpMethod.Patch, "profile/update/"), (HttpMethod.Delete, "profile/delete/"), (HttpMethod.Get, "stats/") })
        {
            var body = method == HttpMethod.Post || method == HttpMethod.Patch ? new { city = "Boston" } : null;
            await (await app.Customers.SendAsync(method, CustomerIntents.Api + path, body: body)).ShouldBeAsync(HttpStatusCode.Unauthorized);
        }
    }

    [Fact]
    public async Task Profiles_refuse_fields_of_staff()
    {
        var person = await app.RegisterAsync();
        var made = await app.CreateProfileAsync(person, new Dictionary<string, object> { ["notes"] = "mine", ["tags"] = "vip", ["status"] = "prospect", ["is_verified"] = true, ["total_services"] = 9, ["user_id"] = Guid.NewGuid() });
        var record = await app.ReadCustomerAsync(await app.SomeStaffAsync(), made.Id());
        Assert.Equal((null, null, "active", person.Id), (record.Text("notes"), record.Text("tags"), record.Text("status"), record.GetProperty("user_id").GetGuid()));
        Assert.Equal((0, false), (made.GetProperty("total_services").GetInt32(), made.GetProperty("is_verified").GetBoolean()));
    }
}

public sealed class ProfileInOneProcessTests(OneProcess app) : ProfileTests(app), IClassFixture<OneProcess>
{
    private readonly OneProcess app = app;

    [Fact]
    public async Task An_API_key_has_no_profile_and_can_check_those_of_others()
    {
        (string, string) key = ("X-Api-Key", await app.ApiKeyAsync());
        foreach (var (method, path) in new[] { (HttpMethod.Get, "profile/"), (HttpMethod.Post, "profile/create/"), (HttpMethod.Patch, "profile/update/"), (HttpMethod.Delete, "profile/delete/"), (HttpMethod.Post, "check_profile_exists/") })
        {
            var body = method == HttpMethod.Post || method == HttpMethod.Patch ? new { } : null;
            await (await app.Customers.SendAsync(method, CustomerIntents.Api + path, null, body, key)).ShouldBeAsync(HttpStatusCode.Forbidden);
        }

        var person = await app.RegisterAsync();
        var made = await app.CreateProfileAsync(person);
        var check = await (await app.Customers.SendAsync(HttpMethod.Post, CustomerIntents.Api + "check_profile_exists/", null, new { user_id = person.Id }, key)).ShouldBeAsync(HttpStatusCode.OK);
        Assert.True(check.GetProperty("exists").GetBoolean());
        await (await app.Customers.SendAsync(HttpMethod.Post, $"{CustomerIntents.Api}{made.Id()}/increment_service/", null, null, key)).ShouldBeAsync(HttpStatusCode.OK);
        await (await app.Customers.SendAsync(HttpMethod.Get, CustomerIntents.Api + "stats/", null, null, key)).ShouldBeAsync(HttpStatusCode.OK);
    }
}

public sealed class ProfileInTwoServicesTests(TwoServices app) : ProfileTests(app), IClassFixture<TwoServices>
{
    private readonly TwoServices app = app;

    [Fact]
    public async Task A_signed_out_person_is_refused_when_accounts_are_asked()
    {
        var person = await app.RegisterAsync();
        await app.CreateProfileAsync(person);
        await (await app.Accounts.SendAsync(HttpMethod.Post, "/api/auth/logout/", person, new { refresh = person.Refresh })).ShouldBeAsync(HttpStatusCode.NoContent);
        foreach (var call in new[] { app.GetProfileAsync(person), app.PostProfileAsync(person), app.PatchProfileAsync(person, new { city = "Boston" }), app.DeleteProfileAsync(person) })
        {
            await (await call).ShouldBeAsync(HttpStatusCode.Unauthorized);
        }
    }
}
