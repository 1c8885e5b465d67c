using System.Net;
using System.Text.Json;
using Patron.IntegrationTests.Customers;
using Patron.IntegrationTests.Hosting;
using Patron.Shared.Callers;

namespace Patron.IntegrationTests.Linking;

/// <summary>Customer records after an account has proven its address (linking.md, 'Proof').</summary>
public sealed class RecordsAfterProofTests(OneProcess app) : IClassFixture<OneProcess>
{
    [Fact]
    public async Task A_record_at_home_is_linked_by_the_proof_and_not_before()
    {
        var email = Intents.NewEmail();
        var waiting = await app.CreateCustomerAsync(await app.SomeStaffAsync(), CustomerIntents.JohnDoe(email));
        var person = await app.RegisterAsync(email);
        await (await app.GetCustomerAsync(person, waiting.Id())).ShouldBeAsync(HttpStatusCode.NotFound);

        await app.ProveAsync(person);
        var own = await app.ReadCustomerAsync(person, waiting.Id());
        Assert.Equal((person.Id, "Jane", "Doe", "Jane Doe", email), (own.GetProperty("user_id").GetGuid(), own.Text("first_name"), own.Text("last_name"), own.Text("full_name"), own.Text("email")));
        Assert.Equal(("Tech Corp", "+1-555-0123", true), (own.Text("company_name"), own.Text("phone"), own.GetProperty("email_verified").GetBoolean()));
        Assert.Contains(await app.TraceAsync(waiting), entry => entry.Action == "customer.linked" && entry.After!.Contains("email_proven", StringComparison.Ordinal) && entry.Before!.Contains("John", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_sign_up_and_a_record_of_staff_are_two_records_before_the_proof_and_one_after()
    {
        var email = Intents.NewEmail();
        var staff = await app.SomeStaffAsync();
        var (person, made) = await app.SignUpAsync(email, phone: "+44 20 7946 0000");
        var waiting = await app.CreateCustomerAsync(staff, CustomerIntents.JohnDoe(email));
        await (await app.PutCustomerAsync(person, made.CustomerId, new { gender = "female", address_line1 = "1 Own Road", website = "jane.example.com", marketing_emails = false })).ShouldBeAsync(HttpStatusCode.OK);
        await (await app.AddAddressAsync(person, made.CustomerId, new { type = "billing", city = "Paris" })).ShouldBeAsync(HttpStatusCode.Created);
        Assert.Equal(["unclaimed", "claimed"], (await app.RecordsAsync(email)).Select(record => record.Text("claim")));

        await app.ProveAsync(person);
        var one = Assert.Single(await app.RecordsAsync(email));
        Assert.Equal((waiting.GetProperty("uid").GetGuid(), person.Id, "claimed", "Jane"), (one.GetProperty("uid").GetGuid(), one.User(), one.Text("claim"), one.Text("first_name")));
        // The surviving record's value if it has one, else the other's; the newest consent.
        Assert.Equal(("male", "123 Main Street", "jane.example.com", false), (one.Text("gender"), one.Text("address_line1"), one.Text("website"), one.GetProperty("marketing_emails").GetBoolean()));
        Assert.Equal("+44 20 7946 0000", one.Text("phone"));
        var addresses = await (await app.ListAddressesAsync(person, waiting.Id())).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal(["primary", "billing", "other"], addresses.EnumerateArray().Select(address => address.Text("type")));
        Assert.Equal("1 Own Road", addresses[2].Text("address_line1"));
    }

    [Fact]
    public async Task The_id_of_a_merged_record_returns_the_surviving_one()
    {
        var email = Intents.NewEmail();
        var staff = await app.SomeStaffAsync();
        var (person, made) = await app.SignUpAsync(email);
        var waiting = await app.CreateCustomerAsync(staff, CustomerIntents.JohnDoe(email));
        await app.ProveAsync(person);

        foreach (var identifier in new[] { made.CustomerId, made.AccountNumber, made.Uid.ToString(), "username/" + made.Username })
        {
            foreach (var reader in new[] { staff, person })
            {
                var answer = await app.ReadCustomerAsync(reader, identifier);
                Assert.Equal((waiting.Id(), waiting.Id()), (answer.Id(), answer.Text("merged_into")));
            }
        }

        Assert.Equal(JsonValueKind.Null, (await app.ReadCustomerAsync(staff, waiting.Id())).GetProperty("merged_into").ValueKind);
        await (await app.PutCustomerAsync(staff, made.CustomerId, new { notes = "by its old name" })).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal("by its old name", (await app.ReadCustomerAsync(staff, waiting.Id())).Text("notes"));
        Assert.Equal(0, await app.CustomersSqlAsync<long>("SELECT count(*) FROM customers.customers WHERE customer_id = $1", made.CustomerId));
        // The merge has the previous values, for an undo.
        Assert.Equal(email, await app.CustomersSqlAsync<string>("SELECT absorbed_before -> 'record' ->> 'email' FROM customers.merges WHERE absorbed_customer_id = $1", made.CustomerId));
    }

    [Fact]
    public async Task The_user_name_of_a_merged_record_stays_taken()
    {
        var email = Intents.NewEmail();
        var staff = await app.SomeStaffAsync();
        var (person, made) = await app.SignUpAsync(email, firstName: "Unheard");
        await app.CreateCustomerAsync(staff, CustomerIntents.JohnDoe(email));
        await app.ProveAsync(person);
        Assert.Equal("unhearddoe", made.Username);
        var (_, namesake) = await app.SignUpAsync(firstName: "Unheard");
        Assert.StartsWith("unhearddoe", namesake.Username, StringComparison.Ordinal);
        Assert.NotEqual(made.Username, namesake.Username);
    }

    [Fact]
    public async Task After_the_proof_of_a_sign_up_staff_cannot_create_a_record_with_its_address()
    {
        var (person, made) = await app.SignUpAsync();
        await app.ProveAsync(person);
        var record = Assert.Single(await app.RecordsAsync(person.Email));
        Assert.Equal((made.Uid, "claimed"), (record.GetProperty("uid").GetGuid(), record.Text("claim")));
        await (await app.PostCustomerAsync(await app.SomeStaffAsync(), CustomerIntents.JohnDoe(person.Email.ToUpperInvariant()))).ShouldBeAsync(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task A_record_of_another_organization_is_offered_and_shows_nothing_of_the_account()
    {
        var email = Intents.NewEmail();
        var vendor = await app.StaffOfNewOrganizationAsync();
        var waiting = await app.CreateCustomerAsync(vendor, CustomerIntents.JohnDoe(email));
        var person = await app.RegisterAsync(email, firstName: "Secret");
        await app.ProveAsync(person);

        var seen = await app.ReadCustomerAsync(vendor, waiting.Id());
        Assert.Equal(("John", JsonValueKind.Null, false), (seen.Text("first_name"), seen.GetProperty("user_id").ValueKind, seen.GetProperty("email_verified").GetBoolean()));
        Assert.Equal(person.Id, await app.CustomersSqlAsync<Guid>("SELECT user_id FROM customers.offers WHERE customer_uid = $1 AND state = 'offered'", waiting.GetProperty("uid").GetGuid()));
    }

    [Fact]
    public async Task A_new_record_with_the_address_of_a_proven_member_is_linked_at_once()
    {
        var person = await app.RegisterAsync(firstName: "Proven");
        await app.ProveAsync(person);
        var entered = await app.CreateCustomerAsync(await app.SomeStaffAsync(), CustomerIntents.JohnDoe(person.Email));
        Assert.Equal((person.Id, "Proven", "Tech Corp"), (entered.GetProperty("user_id").GetGuid(), entered.Text("first_name"), entered.Text("company_name")));
        Assert.True(entered.GetProperty("email_verified").GetBoolean());
        await (await app.PostCustomerAsync(await app.SomeStaffAsync(), CustomerIntents.JohnDoe(person.Email))).ShouldBeAsync(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task A_record_whose_address_is_changed_to_a_proven_member_s_is_linked()
    {
        var staff = await app.SomeStaffAsync();
        var person = await app.RegisterAsync(firstName: "Proven");
        await app.ProveAsync(person);
        var entered = await app.CreateCustomerAsync(staff, CustomerIntents.JohnDoe());
        var corrected = await (await app.PutCustomerAsync(staff, entered.Id(), new { email = person.Email, city = "Bern" })).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal((person.Id, "Proven", "Bern"), (corrected.GetProperty("user_id").GetGuid(), corrected.Text("first_name"), corrected.Text("city")));
    }

    [Fact]
    public async Task A_new_name_and_phone_of_the_account_are_copied_to_its_records_at_once()
    {
        var (person, made) = await app.SignUpAsync();
        var staff = await app.SomeStaffAsync();
        await (await app.Accounts.SendAsync(HttpMethod.Patch, "/api/auth/profile/update/", person, new { first_name = "Zerlina", phone_number = "+49 30 1234567" })).ShouldBeAsync(HttpStatusCode.OK);
        var record = await app.ReadCustomerAsync(staff, made.CustomerId);
        Assert.Equal(("Zerlina", "Zerlina Doe", "Zerlina Doe", "+49 30 1234567", "+49301234567"), (record.Text("first_name"), record.Text("name"), record.Text("full_name"), record.Text("phone"), record.Text("phone_e164")));
        var found = await (await app.Customers.SendAsync(HttpMethod.Post, "/api/v1/customers/search/", staff, new { query = "zerlina" })).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal(made.CustomerId, Assert.Single(found.GetProperty("customers").EnumerateArray()).Id());
    }

    [Fact]
    public async Task A_phone_removed_from_the_account_is_removed_from_its_records_except_one_of_staff()
    {
        var staff = await app.SomeStaffAsync();
        var (person, made) = await app.SignUpAsync(phone: "+49 30 7654321");
        await (await app.Accounts.SendAsync(HttpMethod.Patch, "/api/auth/profile/update/", person, new { phone_number = (string?)null })).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Null((await app.ReadCustomerAsync(staff, made.CustomerId)).Text("phone"));

        var other = await app.RegisterAsync();
        await app.ProveAsync(other);
        var entered = await app.CreateCustomerAsync(staff, CustomerIntents.JohnDoe(other.Email));
        await (await app.Accounts.SendAsync(HttpMethod.Patch, "/api/auth/profile/update/", other, new { first_name = "Janet" })).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal(("Janet", "+1-555-0123"), ((await app.ReadCustomerAsync(staff, entered.Id())).Text("first_name"), (await app.ReadCustomerAsync(staff, entered.Id())).Text("phone")));
    }

    [Fact]
    public async Task A_new_address_of_the_account_moves_the_claim_and_merges_the_record_with_it()
    {
        var staff = await app.SomeStaffAsync();
        var (person, made) = await app.SignUpAsync();
        await app.ProveAsync(person);
        var newAddress = Intents.NewEmail("moved");
        var waiting = await app.CreateCustomerAsync(staff, CustomerIntents.JohnDoe(newAddress));
        await (await app.Accounts.SendAsync(HttpMethod.Patch, "/api/auth/profile/update/", person, new { email = newAddress, current_password = person.Password })).ShouldBeAsync(HttpStatusCode.OK);
        var token = (await app.MailAsync(newAddress)).Token;
        await (await app.Accounts.SendAsync(HttpMethod.Post, "/api/auth/email/verify/", person, new { token })).ShouldBeAsync(HttpStatusCode.OK);

        // Both are claimed, so the older one stays.
        var one = Assert.Single(await app.RecordsAsync(newAddress));
        Assert.Equal((made.Uid, person.Id, "claimed", "Tech Corp"), (one.GetProperty("uid").GetGuid(), one.User(), one.Text("claim"), one.Text("company_name")));
        Assert.Equal(made.CustomerId, (await app.ReadCustomerAsync(staff, waiting.Id())).Text("merged_into"));
        Assert.Empty(await app.RecordsAsync(person.Email));
        await app.CreateCustomerAsync(staff, CustomerIntents.JohnDoe(person.Email));
    }

    [Fact]
    public async Task A_takeover_separates_the_records_of_both_people()
    {
        var email = Intents.NewEmail("victim");
        var staff = await app.SomeStaffAsync();
        var (attacker, typed) = await app.SignUpAsync(email, firstName: "Mallory");
        await (await app.PutCustomerAsync(attacker, typed.CustomerId, new { address_line1 = "1 Attacker Street", website = "evil.example.com" })).ShouldBeAsync(HttpStatusCode.OK);
        var waiting = await app.CreateCustomerAsync(staff, CustomerIntents.JohnDoe(email));
        await (await app.GetCustomerAsync(attacker, waiting.Id())).ShouldBeAsync(HttpStatusCode.NotFound);

        var victim = await app.TakeOverAsync(email);
        Assert.Equal(attacker.Id, victim.Id);
        await (await app.GetCustomerAsync(attacker, waiting.Id())).ShouldBeAsync(HttpStatusCode.Unauthorized);
        await (await app.Accounts.SendAsync(HttpMethod.Post, "/api/auth/login/", null, new { email, password = attacker.Password })).ShouldBeAsync(HttpStatusCode.Unauthorized);
        var own = await app.ReadCustomerAsync(victim, waiting.Id());
        Assert.Equal(("123 Main Street", null), (own.Text("address_line1"), own.Text("website")));
        await (await app.GetCustomerAsync(victim, typed.CustomerId)).ShouldBeAsync(HttpStatusCode.NotFound);
        var aside = await app.ReadCustomerAsync(staff, typed.CustomerId);
        Assert.Equal((JsonValueKind.Null, false, "1 Attacker Street"), (aside.GetProperty("user_id").ValueKind, aside.GetProperty("is_active").GetBoolean(), aside.Text("address_line1")));
    }

    [Fact]
    public async Task Erasing_a_surviving_record_erases_its_merged_records()
    {
        var email = Intents.NewEmail();
        var vendor = await app.StaffAsync(OrganizationRole.Vendor);
        var (person, made) = await app.SignUpAsync(email);
        var waiting = await app.CreateCustomerAsync(vendor, CustomerIntents.JohnDoe(email));
        await app.ProveAsync(person);
        await (await app.Customers.SendAsync(HttpMethod.Delete, $"{CustomerIntents.Api}{waiting.Id()}/hard/", vendor)).ShouldBeAsync(HttpStatusCode.OK);
        await (await app.GetCustomerAsync(vendor, made.CustomerId)).ShouldBeAsync(HttpStatusCode.NotFound);
        Assert.Equal(0, await app.CustomersSqlAsync<long>("SELECT count(*) FROM customers.absorbed WHERE customer_id = $1", made.CustomerId));
        Assert.Equal(0, await app.CustomersSqlAsync<long>(
            "SELECT count(*) FROM shared.audit_entries WHERE subject_id = ANY ($1) AND (before IS NOT NULL OR after IS NOT NULL)",
            new[] { made.Uid, waiting.GetProperty("uid").GetGuid() }));
    }
}
