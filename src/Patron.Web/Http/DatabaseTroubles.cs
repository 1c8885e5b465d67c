using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Web.Http;

/// <summary>Maps database failures to a 503 that says whether the change was made, as far as that is known.</summary>
internal static class DatabaseTroubles
{
    private const string Unknown =
        "The connection to the database broke. We don't know whether your change was made. Look first, or repeat the request with the same Idempotency-Key.";

    private const string NotReplicated =
        "Your change was made, but the standby database has not confirmed it, and a failover might lose it. Look first, then repeat the request if need be.";

    private const string Away = "The database can't be reached right now. Nothing was changed. Please try again in a few seconds.";
    private const string ReadOnly = "The database takes no changes right now. Nothing was changed. Please try again in a few seconds.";
    private const string TooSlow = "Somebody else is changing the same data, or the database is too busy. Nothing was changed. Please try again in a moment.";
    private const string Conflict = "Others kept changing the same data. Nothing was changed. Please try again.";

    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Later = TimeSpan.FromSeconds(5);

    public static Error ToError(DatabaseTrouble trouble, HttpContext http) => trouble switch
    {
        DatabaseTrouble.Unreachable => Unavailable(MayHaveWritten(http) ? Unknown : Away, Later),
        DatabaseTrouble.NotReplicated => Unavailable(NotReplicated, Later),
        DatabaseTrouble.ReadOnly => Unavailable(ReadOnly, Later),
        DatabaseTrouble.TooSlow => Unavailable(TooSlow, Soon),
        _ => Unavailable(Conflict, Soon),
    };

    // An interrupted transaction may have been committed, because PostgreSQL's answer was lost.
    private static bool MayHaveWritten(HttpContext http) =>
        !HttpMethods.IsGet(http.Request.Method) && !HttpMethods.IsHead(http.Request.Method) && http.RequestServices.GetRequiredService<DatabaseSession>().WasUsed;

    private static Error Unavailable(string sentence, TimeSpan retryAfter) => new(ErrorKind.Unavailable, sentence) { RetryAfter = retryAfter };
}
