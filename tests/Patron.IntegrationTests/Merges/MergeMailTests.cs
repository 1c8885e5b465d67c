using System.Net;
using System.Text.Json;
using Patron.IntegrationTests.Activation;
using Patron.IntegrationTests.Customers;
using Patron.IntegrationTests.Hosting;
using Patron.IntegrationTests.Linking;

namespace Patron.IntegrationTests.Merges;

/// <summary>Merges and mails: nobody is greeted twice.</summary>
public sealed class MergeMailTests(InviteModePortal app) : IClassFixture<InviteModePortal>
{
    private static readonly TimeSpan UntilReminder = TimeSpan.FromDays(7.1);

    [Fact]
    public async Task Merge_and_undo_send_no_mail()
    {
        var (person, own) = await app.SignUpAsync();
        await LinkingIntents.ProveAsync(app, person);
        var (waiting, waitingEmail) = await app.WaitingCustomerAsync();
        var (other, otherEmail) = await app.WaitingCustomerAsync();
        await app.UntilMailIsSentAsync();
        var mails = app.MailsTo(person.Email).Count;

        await UndoAsync(await MergeAsync(waiting.Id(), other.Id()));
        await UndoAsync(await MergeAsync(waiting.Id(), own.CustomerId));
        await UndoAsync(await MergeAsync(own.CustomerId, other.Id()));

        await app.UntilNothingIsDueAsync();
        Assert.Equal((mails, 0, 0), (app.MailsTo(person.Email).Count, app.MailsTo(waitingEmail).Count, app.MailsTo(otherEmail).Count));
        Assert.Equal(0, await app.CustomersSqlAsync<long>("SELECT count(*) FROM customers.offers"));
        Assert.Equal(0, await app.AccountsSqlAsync<long>("SELECT count(*) FROM accounts.activation_invitations WHERE customer_uid = ANY ($1)", new[] { waiting.GetProperty("uid").GetGuid(), other.GetProperty("uid").GetGuid() }));
    }

    [Fact]
    public async Task Due_invitation_of_an_absorbed_record_is_mailed_once_to_whom_it_belongs()
    {
        var ((kept, keptEmail), (absorbed, absorbedEmail)) = (await app.WaitingCustomerAsync(), await app.WaitingCustomerAsync());
        var ((silent, silentEmail), (invited, invitedEmail)) = (await app.WaitingCustomerAsync(), await app.WaitingCustomerAsync());
        await (await app.SendWithKeyAsync(HttpMethod.Post, "/api/portal/invitations/", new { customers = new[] { kept.Id(), absorbed.Id(), invited.Id() } })).ShouldBeAsync(HttpStatusCode.Accepted);
        await app.UntilNothingIsDueAsync();
        var merge = await MergeAsync(kept.Id(), absorbed.Id());
        await UndoAsync(await MergeAsync(silent.Id(), invited.Id())); // The invitation had moved, and is back.

        app.Time.Shift += UntilReminder;
        await app.UntilNothingIsDueAsync();
        Assert.Equal((2, 1), (app.MailsTo(keptEmail).Count, app.MailsTo(absorbedEmail).Count)); // Merged: one person, one reminder.
        Assert.Equal((0, 2), (app.MailsTo(silentEmail).Count, app.MailsTo(invitedEmail).Count));

        await UndoAsync(merge);
        app.Time.Shift += TimeSpan.FromDays(1.1);
        await app.UntilNothingIsDueAsync();
        Assert.Equal((2, 2, 0, 2), (app.MailsTo(keptEmail).Count, app.MailsTo(absorbedEmail).Count, app.MailsTo(silentEmail).Count, app.MailsTo(invitedEmail).Count));
    }

    private async Task<long> MergeAsync(string survivor, string absorbed) =>
        (await AskAsync($"{CustomerIntents.Api}{survivor}/merge", new { others = new[] { absorbed } })).GetProperty("merges")[0].GetInt64();

    private Task<JsonElement> UndoAsync(long merge) => AskAsync($"/api/v1/merges/{merge}/undo", new { });

    private async Task<JsonElement> AskAsync(string path, object body) =>
        await (await app.SendWithKeyAsync(HttpMethod.Post, path, body)).ShouldBeAsync(HttpStatusCode.OK);
}
