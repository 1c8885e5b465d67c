using System.Diagnostics;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Patron.Accounts.Activation;
using Patron.IntegrationTests.Accounts;
using Patron.IntegrationTests.Customers;
using Patron.IntegrationTests.Hosting;
using Patron.IntegrationTests.Linking;
using Patron.Linking.Activation;

namespace Patron.IntegrationTests.Activation;

/// <summary>Guessing of mailed codes: what a code is valid for, how often it can be tried, and for how long.</summary>
public sealed class ActivationCodeTests(UnlimitedCallers app) : IClassFixture<UnlimitedCallers>
{
    [Fact]
    public async Task Five_wrong_codes_end_a_challenge_and_concurrent_guesses_are_counted()
    {
        var (_, email) = await app.WaitingCustomerAsync();
        var (challenge, code, token) = await app.StartedSetupAsync(email);

        var answers = await AccountCalls.ConcurrentlyAsync(50, _ => app.QuickSetupAsync(email, ActivationIntents.AttackersPassword, challenge, code.Wrong()));

        Assert.Equal(50, answers.Count(HttpStatusCode.BadRequest));
        Assert.Equal(5, await app.AccountsSqlAsync<int>("SELECT tries FROM accounts.activation_challenges WHERE id = $1", challenge));
        var ended = await (await app.QuickSetupAsync(email, challenge: challenge, code: code)).ShouldBeAsync(HttpStatusCode.BadRequest);
        Assert.Contains("Request a new one", ended.Text("detail"), StringComparison.Ordinal);
        Assert.Equal(0, await app.CountAccountsAsync(email));
        await (await app.SetPasswordAsync(token)).ShouldBeAsync(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Code_and_password_are_checked_together_and_only_a_wrong_code_uses_a_try()
    {
        const string TriesSql = "SELECT tries FROM accounts.activation_challenges WHERE id = $1";
        var (_, email) = await app.WaitingCustomerAsync();
        var (challenge, code, _) = await app.StartedSetupAsync(email);

        await (await app.QuickSetupAsync(email, "password123", challenge, code)).ShouldBeInvalidAsync("password");
        Assert.Equal(0, await app.AccountsSqlAsync<int>(TriesSql, challenge));
        await (await app.QuickSetupAsync(email, "password123", challenge, code.Wrong())).ShouldBeInvalidAsync("code", "password");
        Assert.Equal(1, await app.AccountsSqlAsync<int>(TriesSql, challenge));

        await (await app.QuickSetupAsync(email, challenge: challenge, code: code)).ShouldBeAsync(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_thousand_wrong_codes_an_hour_for_all_addresses_block_codes_but_not_links()
    {
        var (_, email) = await app.WaitingCustomerAsync();
        var (challenge, code, token) = await app.StartedSetupAsync(email);
        await (await app.QuickSetupAsync(email, ActivationIntents.AttackersPassword, challenge, code.Wrong())).ShouldBeAsync(HttpStatusCode.BadRequest);
        await app.AccountsSqlAsync<object>("UPDATE accounts.attempts SET count = $1 WHERE kind = 'any_activation_code'", ActivationChallenges.WrongCodesPerHour - 1);
        try
        {
            await (await app.QuickSetupAsync(email, ActivationIntents.AttackersPassword, challenge, code.Wrong())).ShouldBeAsync(HttpStatusCode.BadRequest);

            var capped = await app.QuickSetupAsync(email, challenge: challenge, code: code);
            Assert.Contains("link", (await capped.ShouldBeAsync(HttpStatusCode.TooManyRequests)).Text("detail"), StringComparison.Ordinal);
            await (await app.SetPasswordAsync(token)).ShouldBeAsync(HttpStatusCode.OK);
        }
        finally
        {
            await app.AccountsSqlAsync<object>("DELETE FROM accounts.attempts WHERE kind = 'any_activation_code'");
        }
    }

    [Fact]
    public async Task Right_codes_do_not_count_as_guesses()
    {
        const string GuessesSql = "SELECT coalesce(sum(count), 0)::bigint FROM accounts.attempts WHERE kind = 'any_activation_code'";
        var (_, email) = await app.WaitingCustomerAsync();
        var (challenge, code, _) = await app.StartedSetupAsync(email);
        var before = await app.AccountsSqlAsync<long>(GuessesSql);

        await (await app.QuickSetupAsync(email, ActivationIntents.AttackersPassword, challenge, code.Wrong())).ShouldBeAsync(HttpStatusCode.BadRequest);
        await (await app.QuickSetupAsync(email, challenge: challenge, code: code)).ShouldBeAsync(HttpStatusCode.OK);

        Assert.Equal(before + 1, await app.AccountsSqlAsync<long>(GuessesSql));
    }

    [Fact]
    public async Task Twenty_wrong_codes_a_day_block_codes_of_the_address_but_not_the_link()
    {
        var (_, email) = await app.WaitingCustomerAsync();
        var last = await app.StartedSetupAsync(email);
        for (var wrong = 0; wrong < 20; wrong++)
        {
            if (wrong % 5 == 0 && wrong > 0)
            {
                last = await app.StartedSetupAsync(email);
            }

            await (await app.QuickSetupAsync(email, ActivationIntents.AttackersPassword, last.Challenge, last.Code.Wrong())).ShouldBeAsync(HttpStatusCode.BadRequest);
        }

        var (challenge, code, token) = await app.StartedSetupAsync(email);
        var capped = await app.QuickSetupAsync(email, challenge: challenge, code: code);
        Assert.Contains("link", (await capped.ShouldBeAsync(HttpStatusCode.TooManyRequests)).Text("detail"), StringComparison.Ordinal);
        Assert.True(capped.Headers.RetryAfter?.Delta > TimeSpan.FromHours(1));
        await (await app.SetPasswordAsync(token)).ShouldBeAsync(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_code_is_valid_only_for_its_own_challenge_and_address()
    {
        var (_, email) = await app.WaitingCustomerAsync();
        var (_, other) = await app.WaitingCustomerAsync();
        var one = await app.StartedSetupAsync(email);
        var another = await app.StartedSetupAsync(email);
        var strange = await app.StartedSetupAsync(other);

        await (await app.QuickSetupAsync(email, challenge: another.Challenge, code: one.Code.Equals(another.Code, StringComparison.Ordinal) ? one.Code.Wrong() : one.Code)).ShouldBeAsync(HttpStatusCode.BadRequest);
        await (await app.QuickSetupAsync(email, challenge: strange.Challenge, code: strange.Code)).ShouldBeAsync(HttpStatusCode.BadRequest);
        await (await app.QuickSetupAsync(email, challenge: Guid.NewGuid(), code: one.Code)).ShouldBeAsync(HttpStatusCode.BadRequest);
        await (await app.QuickSetupAsync(email, challenge: one.Challenge)).ShouldRefuseAsync("code");
        await (await app.QuickSetupAsync(email, code: one.Code)).ShouldRefuseAsync("challenge_id");
        Assert.Equal(0, await app.CountAccountsAsync(email));
        await (await app.QuickSetupAsync(email, challenge: one.Challenge, code: one.Code)).ShouldBeAsync(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_code_expires_after_ten_minutes_and_a_link_after_a_day()
    {
        var (_, email) = await app.WaitingCustomerAsync();
        var (challenge, code, token) = await app.StartedSetupAsync(email);

        app.Time.Shift += TimeSpan.FromMinutes(10);
        await (await app.QuickSetupAsync(email, challenge: challenge, code: code)).ShouldBeAsync(HttpStatusCode.BadRequest);
        app.Time.Shift += TimeSpan.FromHours(24);
        await (await app.SetPasswordAsync(token)).ShouldBeAsync(HttpStatusCode.BadRequest);
        Assert.Null(await app.FindLinkAsync(token));

        await app.ActivateAsync(email);
    }

    [Fact]
    public async Task A_refused_password_costs_no_try_and_name_rules_apply_only_with_a_valid_code()
    {
        var (_, email) = await app.WaitingCustomerAsync();
        app.Time.Shift += TimeSpan.FromMinutes(2);

        // The first step does not know the owner of the address.
        var started = await (await app.QuickSetupAsync(email, "JohnDoe1")).ShouldBeAsync(HttpStatusCode.Accepted);
        var challenge = started.GetProperty("challenge_id").GetGuid();
        var code = (await app.MailAsync(email, ActivationIntents.CodeMail)).Code();
        for (var slip = 0; slip < 6; slip++)
        {
            await (await app.QuickSetupAsync(email, "JohnDoe1", challenge, code)).ShouldRefuseAsync("password");
            await (await app.QuickSetupAsync(email, "short", challenge, code)).ShouldRefuseAsync("password");
        }

        await (await app.QuickSetupAsync(email, "JohnDoe1", challenge, code.Wrong())).ShouldBeAsync(HttpStatusCode.BadRequest);
        await (await app.QuickSetupAsync(email, challenge: challenge, code: code)).ShouldBeAsync(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_code_for_an_unknown_address_has_the_answer_of_a_wrong_code()
    {
        var (_, email) = await app.WaitingCustomerAsync();
        var known = await app.StartedSetupAsync(email);
        var nobody = Intents.NewEmail("nobody");
        var unknown = await app.StartSetupAsync(nobody);

        for (var wrong = 0; wrong < 6; wrong++)
        {
            var one = await (await app.QuickSetupAsync(email, challenge: known.Challenge, code: known.Code.Wrong())).ShouldBeAsync(HttpStatusCode.BadRequest);
            var other = await (await app.QuickSetupAsync(nobody, challenge: unknown, code: "123456")).ShouldBeAsync(HttpStatusCode.BadRequest);
            Assert.Equal(one.ToString().WithoutRequestId(), other.ToString().WithoutRequestId());
        }
    }
}
