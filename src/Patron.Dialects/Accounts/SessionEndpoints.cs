using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Patron.Accounts.Sessions;
using Patron.Dialects.OpenApi;
using Patron.Web.Http;

namespace Patron.Dialects.Accounts;

/// <summary>Lists and ends the caller's sessions.</summary>
internal static class SessionEndpoints
{
    public static void MapSessions(this RouteGroupBuilder own)
    {
        own.MapGet("/sessions/", ListAsync)
            .Describe("list_sessions", "List my sessions", "The latest used first.")
            .Answers<IEnumerable<SessionAnswer>>(200, "The sessions.", AccountExamples.Sessions)
            .Fails(401, 403, 404, 503);
        own.MapDelete("/sessions/{id:guid}/", EndOneAsync)
            .Describe("end_session", "Sign out a device", "Ends one of your sessions.")
            .AnswersNothing(204, "That session has ended.")
            .Fails(401, 403, 404, 503);
        own.MapDelete("/sessions/", EndOthersAsync)
            .Describe("end_other_sessions", "Sign out all other devices", "Ends all your sessions except the one of this request.")
            .AnswersNothing(204, "Every session but this one has ended.")
            .Fails(401, 403, 404, 503);
    }

    private static async Task<IResult> ListAsync(ListSessions list, HttpContext http, CancellationToken cancellationToken)
    {
        var caller = http.Caller();
        return TypedResults.Ok((await list.HandleAsync(caller, cancellationToken)).Select(session => SessionAnswer.From(session, caller)));
    }

    private static async Task<IResult> EndOneAsync(Guid id, EndSessions sessions, HttpContext http, CancellationToken cancellationToken) =>
        (await sessions.EndOneAsync(http.Caller(), id, cancellationToken)).ToNoContent();

    private static async Task<IResult> EndOthersAsync(EndSessions sessions, HttpContext http, CancellationToken cancellationToken) =>
        (await sessions.EndOthersAsync(http.Caller(), cancellationToken)).ToNoContent();
}
