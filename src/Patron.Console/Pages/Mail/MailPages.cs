using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Patron.Shared.Mail;
using Patron.Shared.Outbox;
using Patron.Shared.Results;
using Patron.Shared.Text;
using Patron.StaffConsole.Access;
using Patron.Web.Http;
using Patron.Web.Pages;

namespace Patron.StaffConsole.Pages.Mail;

/// <summary>A page of mails in one state, or in all, newest first.</summary>
public sealed record MailsModel(IReadOnlyList<LoggedMail> Mails, MailState? State)
{
    public long? Next => Mails.Count == ListMails.PageSize ? Mails[^1].Id : null;
}

/// <summary>Shows the last mails by state, and lets administrators send those that were given up again, or drop them.</summary>
internal static class MailPages
{
    public const string Path = "/mail";

    public static void MapMail(this RouteGroupBuilder pages)
    {
        pages.MapGet(Path, ListAsync);
        pages.MapPost(Path + "/{id:long}/retry", (
            long id, GivenUpMessages messages, HttpContext http, CancellationToken cancellationToken) =>
            AnswerAsync(http, "mail_retried", messages.RetryAsync(http.Caller(), id, cancellationToken)));
        pages.MapPost(Path + "/{id:long}/drop", (
            long id, GivenUpMessages messages, HttpContext http, CancellationToken cancellationToken) =>
            AnswerAsync(http, "mail_dropped", messages.DropAsync(http.Caller(), id, cancellationToken)));
    }

    private static async Task<IResult> ListAsync(
        ListMails list, HttpContext http, CancellationToken cancellationToken, string? state = null, long before = 0)
    {
        MailState? only = EnumNames<MailState>.TryRead(state ?? "", out var named) ? named : null;
        return (await list.HandleAsync(http.Caller(), only, before, cancellationToken)).ToResult(mails =>
            PageResults.Page<MailsPage, MailsModel>(new MailsModel(mails, only)));
    }

    private static async Task<IResult> AnswerAsync<T>(HttpContext http, string notice, Task<Result<T>> work) =>
        (await work).ToResult(_ => PageResults.Redirect(http, ConsoleVisit.Of(http).Path + Path, notice));
}
