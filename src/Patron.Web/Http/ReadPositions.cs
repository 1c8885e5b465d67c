using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Primitives;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Web.Http;

/// <summary>
/// Lets callers read their own writes from replicas. A write answers with its position in the database's log, as a header and for browsers
/// as a cookie; a read that brings it gets an answer that includes the write. Links to further pages bring it in their address, so that no
/// page is older than the one before. Only where replicas are configured (decision 0024).
/// </summary>
public static class ReadPositions
{
    public const string Header = "Patron-Position";

    /// <summary>The query parameter of further pages.</summary>
    public const string Parameter = "position";

    private const string CookieName = "position";
    private const string CursorParameter = "cursor";

    // Later reads include the write in any case. The rest is for requests that wait.
    private static readonly TimeSpan CookieMargin = TimeSpan.FromSeconds(30);

    private static readonly Error Invalid = new(
        ErrorKind.Invalid, "position_invalid",
        $"{Header} must be as a write has answered it, such as 0/16B3748. Leave it out if you have none.");

    /// <summary>Must run after authentication, and within what repeats requests.</summary>
    public static void UseReadPositions(this IApplicationBuilder app, ReadOptions options) => app.Use((http, next) =>
    {
        if (!TryRequire(http))
        {
            return Problems.WriteAsync(http, Invalid);
        }

        if (IsWrite(http.Request))
        {
            http.Response.OnStarting(() => AnswerAsync(http, options));
        }

        return next(http);
    });

    /// <summary>The address of a further page with the position of this one, where it is known.</summary>
    public static string OfPage(HttpContext http, string address) =>
        http.RequestServices.GetRequiredService<ReplicaReads>().Reached is { } reached
            ? QueryHelpers.AddQueryString(address, Parameter, reached.ToString())
            : address;

    /// <summary>Whether a parameter of an address says which page it is of.</summary>
    public static bool IsOfPage(string parameter) => parameter is CursorParameter or Parameter;

    private static bool TryRequire(HttpContext http)
    {
        var (request, reads) = (http.Request, http.RequestServices.GetRequiredService<ReplicaReads>());
        if (WalPosition.TryParse(request.Cookies[CookieName], out var remembered))
        {
            reads.Require(remembered);
        }

        return TryRequire(reads, request.Headers[Header])
            && (!request.Query.ContainsKey(CursorParameter) || TryRequire(reads, request.Query[Parameter]));
    }

    private static bool TryRequire(ReplicaReads reads, StringValues text)
    {
        if (text.Count == 0)
        {
            return true;
        }

        if (!WalPosition.TryParse(text.ToString(), out var position))
        {
            return false;
        }

        reads.Require(position);
        return true;
    }

    private static bool IsWrite(HttpRequest request) =>
        !HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method) && !HttpMethods.IsOptions(request.Method);

    private static async Task AnswerAsync(HttpContext http, ReadOptions options)
    {
        var database = http.RequestServices.GetRequiredService<DatabaseSession>();
        if (http.Response.StatusCode >= StatusCodes.Status400BadRequest || http.Response.Headers.ContainsKey(Header)
            || !database.WasUsed || database.IsInTransaction)
        {
            return;
        }

        var position = (await database.ReadPositionAsync(http.RequestAborted)).ToString();
        http.Response.Headers[Header] = position;
        if (CallerAuthentication.IsByCookie(http))
        {
            var cookie = CookieAttributes.For(http);
            cookie.MaxAge = options.MostLag + CookieMargin;
            http.Response.Cookies.Append(CookieName, position, cookie);
        }
    }
}
