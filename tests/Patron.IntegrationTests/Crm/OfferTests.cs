using System.Net;
using System.Text.Json;
using Patron.IntegrationTests.Accounts;
using Patron.IntegrationTests.Customers;
using Patron.IntegrationTests.Hosting;
using Patron.IntegrationTests.Linking;
using Patron.Shared.Callers;
using static Patron.IntegrationTests.Crm.CrmIntents;

namespace Patron.IntegrationTests.Crm;

/// <summary>Link offers, which need the person's consent (linking.md, 'Offer').</summary>
public sealed class OfferTests(OneProcess app) : IClassFixture<OneProcess>
{
    [Fact]
    public async Task Request_of_the_source_with_only_an_address_uses_it_as_the_name()
    {
        var person = await app.RegisterAsync();
        var (vendor, _) = await app.ProvenBusinessAsync();
        var typed = Intents.NewEmail("typed");
        var offered = await (await app.PostCrmAsync(
            vendor, new { user_id = await app.UserNumberAsync(person), email = typed, customer_type = "individual" })).ShouldBeAsync(HttpStatusCode.Created);
        Assert.Equal((typed, typed, "offered"), (offered.Text("name"), offered.Text("email"), offered.Text("link_status")));
    }

    [Fact]
    public async Task Record_of_an_unlinked_person_shows_only_what_was_typed()
    {
        var person = await app.RegisterAsync(Intents.NewEmail("hidden"), "Secretia", "Unseen");
        await (await app.UpdateProfileAsync(person, new { phone_number = "+44 20 7946 0958" })).ShouldBeAsync(HttpStatusCode.OK);
        await LinkingIntents.ProveAsync(app, person);
        var number = await app.UserNumberAsync(person);
        var (vendor, _) = await app.ProvenBusinessAsync();

        var response = await app.PostCrmAsync(vendor, new { user_id = number, name = "The New One", city = "Oslo" });
        var offered = await response.ShouldBeAsync(HttpStatusCode.Created);

        Assert.Equal($"{CrmIntents.Customers}{offered.Number()}/", response.Headers.Location?.ToString());
        Assert.Equal(
            ("The New One", "", "", null, null, "Oslo", "offered"),
            (offered.Text("name"), offered.Text("first_name"), offered.Text("last_name"), offered.Text("email"), offered.Text("phone"), offered.Text("city"), offered.Text("link_status")));
        Assert.Equal((number, JsonValueKind.Null), (offered.GetProperty("user").GetInt64(), offered.GetProperty("user_profile").ValueKind));
        var uid = offered.Text("uid")!;
        var seen = new[]
        {
            offered,
            await app.ReadCrmAsync(vendor, offered),
            await (await app.ReadAsync(vendor, CrmIntents.Customers)).ShouldBeAsync(HttpStatusCode.OK),
            await app.ReadCustomerAsync(vendor, uid),
            await (await app.ReadAsync(vendor, CustomerIntents.Api)).ShouldBeAsync(HttpStatusCode.OK),
        };
        Assert.All(seen, answer => Assert.DoesNotMatch("(?i)secretia|unseen|hidden|7946", answer.GetRawText()));
        Assert.Equal(JsonValueKind.Null, seen[3].GetProperty("user_id").ValueKind);
        await (await app.GetCustomerAsync(vendor, $"email/{person.Email}")).ShouldBeAsync(HttpStatusCode.NotFound);
        foreach (var word in new[] { "Secretia", "Unseen", person.Email, "7946" })
        {
            Assert.Empty(await app.RowsAsync(vendor, $"{CrmIntents.Customers}?search={Uri.EscapeDataString(word)}"));
            var found = await (await app.Customers.SendAsync(HttpMethod.Post, $"{CustomerIntents.Api}search/", vendor, new { query = word })).ShouldBeAsync(HttpStatusCode.OK);
            Assert.Equal(0, found.GetProperty("total").GetInt32());
        }

        Assert.Single(await app.RowsAsync(vendor, $"{CrmIntents.Customers}?search=the+new"));
    }

    [Fact]
    public async Task Unknown_user_is_404_and_a_repeated_offer_returns_the_same_record()
    {
        var person = await app.RegisterAsync();
        var (vendor, offered) = await app.OfferedAsync(person);

        foreach (var user in new object[] { 999_999_999, -1, 0, Guid.NewGuid(), "nobody", "99999999999999999999" })
        {
            await (await app.PostCrmAsync(vendor, new { user_id = user, name = "X" })).ShouldBeAsync(HttpStatusCode.NotFound);
        }

        var again = await (await app.PostCrmAsync(vendor, new { user_id = person.Id, name = "Another" })).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal(offered.GetRawText(), again.GetRawText());
        Assert.Equal(2, (await app.RowsAsync(vendor, CrmIntents.Customers)).Count);
    }

    [Fact]
    public async Task Person_sees_the_offer_and_is_notified_by_mail()
    {
        var person = await app.RegisterAsync();
        var (vendor, business) = await app.ProvenBusinessAsync(name: "Curious Ltd");
        var offered = await app.OfferAsync(vendor, person);

        var offer = Assert.Single(await app.OffersAsync(person));
        Assert.Equal(
            (offered.Number(), offered.Text("code"), business.GetProperty("organization").Number(), "Curious Ltd"),
            (offer.GetProperty("customer").GetInt64(), offer.Text("code"), offer.GetProperty("organization").Number(), offer.GetProperty("organization").Text("name")));
        Assert.Equal(TimeSpan.FromDays(30), offer.GetProperty("expires_at").GetDateTimeOffset() - offer.GetProperty("made_at").GetDateTimeOffset());
        var mail = await app.MailAsync(person.Email, "link request from");
        Assert.Contains("Curious Ltd", mail.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("<", mail.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Accepting_needs_a_proven_address_then_links_and_adds_membership_and_profile()
    {
        var person = await app.RegisterAsync(firstName: "Accepting");
        await (await app.UpdateProfileAsync(person, new { phone_number = "+44 20 7946 0958" })).ShouldBeAsync(HttpStatusCode.OK);
        var (vendor, business) = await app.ProvenBusinessAsync();
        var offered = await app.OfferAsync(vendor, person);
        var organization = $"{business.GetProperty("organization").Number()}";
        await (await app.AnswerOfferAsync(person, offered, "accept")).ShouldBeAsync(HttpStatusCode.BadRequest);
        Assert.Equal("offered", (await app.ReadCrmAsync(vendor, offered)).Text("link_status"));
        await (await app.ReadAsync(person, $"{CrmIntents.Customers}{offered.Number()}/")).ShouldBeAsync(HttpStatusCode.NotFound);

        await LinkingIntents.ProveAsync(app, person);
        var accepted = await (await app.AnswerOfferAsync(person, offered, "accept")).ShouldBeAsync(HttpStatusCode.OK);

        Assert.Equal(
            (offered.Number(), "linked", "Accepting", "Doe", "Accepting Doe", person.Email, "+44 20 7946 0958"),
            (accepted.Number(), accepted.Text("link_status"), accepted.Text("first_name"), accepted.Text("last_name"), accepted.Text("name"), accepted.Text("email"), accepted.Text("phone")));
        Assert.Equal(accepted.GetRawText(), (await app.ReadCrmAsync(vendor, offered)).GetRawText());
        Assert.Equal(accepted.GetRawText(), (await app.ReadCrmAsync(person, offered)).GetRawText());
        var profile = Assert.Single(await app.RowsAsync(person, Profiles));
        Assert.Equal(("customer", accepted.GetProperty("user_profile").GetInt64(), organization), (profile.Text("profile_type"), profile.Number(), $"{profile.GetProperty("organization").GetInt64()}"));
        Assert.Contains(await app.RowsAsync(person, Organizations), row => $"{row.Number()}" == organization && row.Text("role") == "customer");
        var own = await app.Customers.SendAsync(HttpMethod.Get, $"{CustomerIntents.Api}{accepted.Text("uid")}", person, null, ("X-Organization", organization));
        await own.ShouldBeAsync(HttpStatusCode.OK);
        await (await app.ReadAsync(person, $"{CrmIntents.Customers}?organization={organization}")).ShouldBeAsync(HttpStatusCode.Forbidden);
        Assert.Empty(await app.OffersAsync(person));
        // The record now follows the account, and the offer is gone.
        await (await app.UpdateProfileAsync(person, new { first_name = "Renamed" })).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal("Renamed Doe", (await app.ReadCrmAsync(vendor, offered)).Text("name"));
        await (await app.AnswerOfferAsync(person, offered, "accept")).ShouldBeAsync(HttpStatusCode.NotFound);
        await (await app.AnswerOfferAsync(person, offered, "decline")).ShouldBeAsync(HttpStatusCode.NotFound);
        var again = await (await app.PostCrmAsync(vendor, new { user_id = person.Id, name = "X" })).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal(offered.Number(), again.Number());
    }

    [Fact]
    public async Task Existing_record_of_the_person_is_merged_with_the_accepted_one()
    {
        var email = Intents.NewEmail("both");
        var (vendor, business) = await app.ProvenBusinessAsync();
        var organization = business.GetProperty("organization").Number();
        var offered = await app.OfferAsync(vendor, await app.RegisterAsync(email), "Typed");
        var person = await app.SignInAsync(email);
        await app.AccountsSqlAsync<object>(
            "INSERT INTO accounts.memberships (organization_id, user_id, role, since) SELECT id, $2, 'customer', now() FROM accounts.organizations WHERE number = $1", organization, person.Id);
        person = await app.SignInAsync(email);
        var own = await (await app.PostCrmAsync(person, new { organization, user_id = person.Id, city = "Bergen" })).ShouldBeAsync(HttpStatusCode.Created);
        Assert.Equal("linked", own.Text("link_status"));
        await LinkingIntents.ProveAsync(app, person);

        var accepted = await (await app.AnswerOfferAsync(person, offered, "accept")).ShouldBeAsync(HttpStatusCode.OK);

        var other = accepted.Number() == own.Number() ? offered : own;
        var absorbed = await app.ReadCrmAsync(vendor, other);
        Assert.Equal((accepted.Number(), "Bergen", "linked"), (absorbed.Number(), absorbed.Text("city"), absorbed.Text("link_status")));
        Assert.StartsWith("CUST_", absorbed.Text("merged_into"), StringComparison.Ordinal);
        Assert.Null(accepted.Text("merged_into"));
        Assert.Equal(2, (await app.RowsAsync(vendor, CrmIntents.Customers)).Count);
    }

    [Fact]
    public async Task Declining_keeps_the_record_which_can_be_offered_again()
    {
        var person = await app.RegisterProvenAsync();
        var (vendor, _) = await app.ProvenBusinessAsync();
        var email = Intents.NewEmail("typed");
        var offered = await app.OfferAsync(vendor, person, email: email);

        Assert.Equal(HttpStatusCode.NoContent, (await app.AnswerOfferAsync(person, offered, "decline")).StatusCode);

        Assert.Empty(await app.OffersAsync(person));
        var left = await app.ReadCrmAsync(vendor, offered);
        Assert.Equal(("none", JsonValueKind.Null, "Typed Name"), (left.Text("link_status"), left.GetProperty("user").ValueKind, left.Text("name")));
        await (await app.AnswerOfferAsync(person, offered, "accept")).ShouldBeAsync(HttpStatusCode.NotFound);
        await app.UntilMailsLeftAsync();
        var mails = app.MailsTo(person.Email).Count;

        var again = await (await app.PostCrmAsync(vendor, new { user_id = person.Id, name = "Typed Name", email })).ShouldBeAsync(HttpStatusCode.OK);

        Assert.Equal((offered.Number(), "offered"), (again.Number(), again.Text("link_status")));
        Assert.Equal(offered.Number(), Assert.Single(await app.OffersAsync(person)).GetProperty("customer").GetInt64());
        await app.UntilMailsLeftAsync();
        Assert.Equal(mails + 1, app.MailsTo(person.Email).Count);
        await (await app.AnswerOfferAsync(person, offered, "accept")).ShouldBeAsync(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Fifty_concurrent_offers_of_a_declined_record_create_one_offer_and_one_mail()
    {
        var person = await app.RegisterProvenAsync();
        var (vendor, offered) = await app.OfferedAsync(person);
        Assert.Equal(HttpStatusCode.NoContent, (await app.AnswerOfferAsync(person, offered, "decline")).StatusCode);

        var answers = await AccountCalls.ConcurrentlyAsync(50, _ => app.PostCrmAsync(vendor, new { user_id = person.Id, name = "Typed Name" }));

        Assert.Equal(50, answers.Count(HttpStatusCode.OK));
        Assert.Single(await app.OffersAsync(person));
        Assert.Equal(2, await app.CustomersSqlAsync<long>("SELECT count(*) FROM customers.offers WHERE user_id = $1", person.Id));
        await app.UntilMailsLeftAsync();
        Assert.Equal(2, app.MailsTo(person.Email).Count(mail => mail.Subject.StartsWith("Link request", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Offer_to_another_person_is_404_and_an_anonymous_answer_401()
    {
        var (person, other) = (await app.RegisterProvenAsync(), await app.RegisterProvenAsync());
        var (vendor, offered) = await app.OfferedAsync(person);
        foreach (var answer in new[] { "accept", "decline" })
        {
            await (await app.AnswerOfferAsync(other, offered, answer)).ShouldBeAsync(HttpStatusCode.NotFound);
            await (await app.AnswerOfferAsync(vendor, offered, answer)).ShouldBeAsync(HttpStatusCode.NotFound);
            await (await app.AnswerOfferAsync(await app.SharedAdminAsync(), offered, answer)).ShouldBeAsync(HttpStatusCode.NotFound);
            await (await app.AnswerOfferAsync(null, offered, answer)).ShouldBeAsync(HttpStatusCode.Unauthorized);
        }

        Assert.Single(await app.OffersAsync(person));
    }

    [Theory]
    [InlineData("")]
    [InlineData("hard/")]
    public async Task Offer_of_a_deleted_or_erased_record_is_withdrawn(string how)
    {
        var person = await app.RegisterProvenAsync();
        var (vendor, offered) = await app.OfferedAsync(person);
        await (await app.Customers.SendAsync(HttpMethod.Delete, $"{CustomerIntents.Api}{offered.Text("uid")}/{how}", vendor)).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Empty(await app.OffersAsync(person));
        await (await app.AnswerOfferAsync(person, offered, "accept")).ShouldBeAsync(HttpStatusCode.NotFound);
        await (await app.AnswerOfferAsync(person, offered, "decline")).ShouldBeAsync(HttpStatusCode.NotFound);
        // Another record can be offered then.
        await app.OfferAsync(vendor, person);
        Assert.Single(await app.OffersAsync(person));
    }

    [Fact]
    public async Task Record_that_was_linked_to_another_person_meanwhile_stays_linked_to_them()
    {
        var (person, owner) = (await app.RegisterProvenAsync(), await app.RegisterAsync(firstName: "Owner"));
        var (vendor, offered) = await app.OfferedAsync(person);
        await using var connection = new Npgsql.NpgsqlConnection(app.Customers.ConnectionString);
        await connection.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using var link = new Npgsql.NpgsqlCommand(
            "UPDATE customers.customers SET user_id = $1, link_evidence = 'staff', linked_at = now(), name = 'Owner Doe' WHERE id = $2", connection, transaction)
        { Parameters = { new() { Value = owner.Id }, new() { Value = offered.Number() } } };
        await link.ExecuteNonQueryAsync();

        var accepting = app.AnswerOfferAsync(person, offered, "accept");
        await app.WaitForBlockedSessionsAsync();
        await transaction.CommitAsync();

        await (await accepting).ShouldBeAsync(HttpStatusCode.NotFound);
        var record = await app.ReadCrmAsync(vendor, offered);
        Assert.Equal((await app.UserNumberAsync(owner), "Owner Doe"), (record.GetProperty("user").GetInt64(), record.Text("name")));
    }

    [Fact]
    public async Task Fifty_concurrent_answers_have_one_outcome()
    {
        var person = await app.RegisterProvenAsync();
        var (vendor, offered) = await app.OfferedAsync(person);

        var answers = await AccountCalls.ConcurrentlyAsync(50, number => app.AnswerOfferAsync(person, offered, number % 2 == 0 ? "accept" : "decline"));

        Assert.Single(answers, answer => answer.IsSuccessStatusCode);
        Assert.Equal(49, answers.Count(HttpStatusCode.NotFound));
        var accepted = answers.Count(HttpStatusCode.OK) == 1;
        Assert.Equal(accepted ? "linked" : "none", (await app.ReadCrmAsync(vendor, offered)).Text("link_status"));
        Assert.Equal(accepted ? "linked" : "declined", await app.CustomersSqlAsync<string>("SELECT state FROM customers.offers WHERE user_id = $1", person.Id));
    }

    [Fact]
    public async Task Mailbox_gets_at_most_three_offer_mails_an_hour_and_the_fourth_offer_is_still_valid()
    {
        var person = await app.RegisterAsync();
        for (var number = 0; number < 4; number++)
        {
            await app.OfferedAsync(person);
        }

        await app.UntilMailsLeftAsync();
        Assert.Equal(3, app.MailsTo(person.Email).Count(mail => mail.Subject.StartsWith("Link request", StringComparison.Ordinal)));
        Assert.Equal(4, (await app.OffersAsync(person)).Count);
        Assert.Equal(1, await app.CountAuditEntriesAsync(person.Id, "mail.withheld"));
    }

    [Fact]
    public async Task Caller_with_an_unproven_address_cannot_offer_nor_can_their_key()
    {
        var person = await app.RegisterAsync();
        var (vendor, made) = await app.SignUpBusinessAsync();
        var organization = await app.AccountsSqlAsync<Guid>("SELECT id FROM accounts.organizations WHERE number = $1", made.GetProperty("organization").GetProperty("id").GetInt64());
        var created = await (await app.CreateKeyAsync(vendor, organization, new { name = "mine", scopes = new[] { "customers:write" } })).ShouldBeAsync(HttpStatusCode.Created);
        (string, string) key = ("X-Api-Key", created.Text("credentials")!);
        var offer = new { user_id = await app.UserNumberAsync(person), name = "Typed Name" };

        var refused = await (await app.PostCrmAsync(vendor, offer)).ShouldBeAsync(HttpStatusCode.Forbidden);
        Assert.Contains("Confirm your email address", refused.Text("detail"), StringComparison.Ordinal);
        await (await app.PostCrmAsync(null, offer, key)).ShouldBeAsync(HttpStatusCode.Forbidden);
        Assert.Empty(await app.OffersAsync(person));

        await AccountCalls.ProveAsync(app, vendor);
        await (await app.PostCrmAsync(null, offer, key)).ShouldBeAsync(HttpStatusCode.Created);
    }

    [Fact]
    public async Task Sender_over_the_limit_gets_429_and_nothing_is_created()
    {
        var (first, second) = (await app.RegisterAsync(), await app.RegisterAsync());
        var (vendor, _) = await app.OfferedAsync(first);
        await app.AccountsSqlAsync<object>(
            "UPDATE accounts.attempts SET count = 50 WHERE kind = 'invitation' AND key = sha256(convert_to($1, 'UTF8'))", $"{vendor.Id}");

        var limited = await app.PostCrmAsync(vendor, new { user_id = second.Id, name = "One too many" });

        await limited.ShouldBeAsync(HttpStatusCode.TooManyRequests);
        Assert.NotNull(limited.Headers.RetryAfter);
        Assert.Empty(await app.OffersAsync(second));
        Assert.Equal(2, (await app.RowsAsync(vendor, CrmIntents.Customers)).Count);
        // The limit is per sender and includes API keys.
        await app.OfferedAsync(second);
        var key = await app.ApiKeyAsync(await app.OrganizationAsync());
        await (await app.PostCrmAsync(null, new { user_id = second.Id, name = "By key" }, ("X-Api-Key", key))).ShouldBeAsync(HttpStatusCode.Created);
        Assert.Equal(0, await app.AccountsSqlAsync<long>("SELECT count(*) FROM accounts.attempts WHERE kind = 'invitation' AND key = sha256('')"));
    }

    [Fact]
    public async Task Offers_after_proof_are_not_shown_to_the_organization_that_typed_the_address()
    {
        var email = Intents.NewEmail("proof");
        var (vendor, _) = await app.ProvenBusinessAsync();
        var waiting = await (await app.PostCrmAsync(vendor, new { name = "Typed", email })).ShouldBeAsync(HttpStatusCode.Created);
        var person = await app.RegisterAsync(email);
        await LinkingIntents.ProveAsync(app, person);

        var seen = await app.ReadCrmAsync(vendor, waiting);
        Assert.Equal(waiting.GetRawText(), seen.GetRawText());
        Assert.Equal(("none", JsonValueKind.Null), (seen.Text("link_status"), seen.GetProperty("user").ValueKind));
        Assert.Equal(waiting.Number(), Assert.Single(await app.OffersAsync(person)).GetProperty("customer").GetInt64());
        var accepted = await (await app.AnswerOfferAsync(person, waiting, "accept")).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal(("linked", "Jane Doe"), (accepted.Text("link_status"), accepted.Text("name")));
    }
}

/// <summary>Expiry of offers.</summary>
public sealed class ExpiringOfferTests(OneProcess app) : IClassFixture<OneProcess>
{
    [Fact]
    public async Task Offer_expires_after_thirty_days_and_can_be_repeated()
    {
        var person = await app.RegisterProvenAsync();
        var (vendor, offered) = await app.OfferedAsync(person);
        app.Time.Shift = TimeSpan.FromDays(30) - TimeSpan.FromMinutes(5);
        (person, vendor) = (await app.SignInAsync(person.Email), await app.SignInAsync(vendor.Email));
        Assert.Single(await app.OffersAsync(person));

        app.Time.Shift = TimeSpan.FromDays(30) + TimeSpan.FromMinutes(1);
        (person, vendor) = (await app.SignInAsync(person.Email), await app.SignInAsync(vendor.Email));
        Assert.Empty(await app.OffersAsync(person));
        Assert.Equal("none", (await app.ReadCrmAsync(vendor, offered)).Text("link_status"));
        await (await app.AnswerOfferAsync(person, offered, "accept")).ShouldBeAsync(HttpStatusCode.NotFound);

        var again = await (await app.PostCrmAsync(vendor, new { user_id = person.Id, name = "X" })).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal((offered.Number(), "offered"), (again.Number(), again.Text("link_status")));
        await (await app.AnswerOfferAsync(person, offered, "accept")).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal("expired,linked", await app.CustomersSqlAsync<string>("SELECT string_agg(state, ',' ORDER BY id) FROM customers.offers WHERE user_id = $1", person.Id));
    }
}
