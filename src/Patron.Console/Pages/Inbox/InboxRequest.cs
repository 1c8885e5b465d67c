using Microsoft.AspNetCore.Http;
using Patron.Customers.Inbox;
using Patron.Shared.Callers;
using Patron.Shared.Results;
using Patron.StaffConsole.Access;
using Patron.Web.Http;
using Patron.Web.Pages;

namespace Patron.StaffConsole.Pages.Inbox;

/// <summary>A request about an item of the inbox, and where it leads.</summary>
internal sealed record InboxRequest(long Id, HttpContext Http, ReadInboxItem Read, CancellationToken CancellationToken)
{
    public Caller Caller => Http.Caller();

    public InboxView View => InboxView.Of(Http.Request);

    /// <summary>
    /// After a decision: stays while the item has more to decide, else opens the next one. Of two who decide at once the second learns that
    /// it was settled.
    /// </summary>
    public async Task<IResult> DecideAsync<T>(FormInput input, Task<Result<T>> decision, string notice)
    {
        var result = await decision;
        return result.Error is { Kind: not ErrorKind.NotFound } error
            ? PageResults.Refused(Http, input, error)
            : await ContinueAsync(result.Error is null ? notice : "inbox_settled");
    }

    /// <summary>Opens the item again if it is still there, else the next one.</summary>
    public async Task<IResult> ContinueAsync(string notice)
    {
        var same = await Read.HandleAsync(Caller, Id, View.Filter, CancellationToken);
        return same.Error is null ? PageResults.Redirect(Http, View.AddressOf(Http, Id), notice) : await OpenNextAsync(notice);
    }

    /// <summary>Opens the next item whether this one is still there or not.</summary>
    public async Task<IResult> LeaveAsync<T>(Result<T> result, string notice) =>
        result.Error is { } error ? Answers.Problem(error) : await OpenNextAsync(notice);

    private async Task<IResult> OpenNextAsync(string notice) =>
        (await Read.FindNextAsync(Caller, Id, View.Filter, CancellationToken)).ToResult(next => PageResults.Redirect(
            Http, next is null ? View.ListAddress(Http) : View.AddressOf(Http, next.Item.Id), notice));
}
