using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Patron.Accounts.Users;
using Patron.Dialects.OpenApi;
using Patron.Shared.Results;
using Patron.Shared.Text;
using Patron.Web.Http;

namespace Patron.Dialects.Accounts;

/// <summary>
/// Looks up and searches accounts. A separate customers service calls these endpoints with its caller's token and organization, so they
/// return only accounts that the caller may see.
/// </summary>
internal static class LookUpEndpoints
{
    private static readonly Error OneOfThem = Error.Invalid("ids", "Send either ids or emails.");

    public static void MapLookUps(this RouteGroupBuilder accounts)
    {
        accounts.MapPost("/lookup/", LookUpAsync)
            .Describe(
                "look_up_accounts", "Look up accounts",
                "By ids: your own, for staff the members of the organization, for administrators all. By email addresses: the organization's members, for staff. Accounts that the caller may not see are left out.")
            .TakesExample(AccountExamples.LookUp)
            .Answers<AccountCardsAnswer>(200, "Those that were found, in no order.", AccountExamples.Cards)
            .Fails(400, 401, 403, 404, 413, 415, 422, 503);
        accounts.MapPost("/search/", SearchAsync)
            .Describe(
                "search_accounts", "Search accounts",
                "For staff. A query of three letters or more is looked for anywhere in names, email, phone and username, one of one or two letters at the beginning of words; case and accents do not matter. Each other text is looked for anywhere in its own field, and all that is given must hold. More than 1 000 matches are 422.")
            .TakesExample(AccountExamples.Search)
            .Answers<AccountIdsAnswer>(200, "The ids of those found, in no order.", AccountExamples.Ids)
            .Fails(400, 401, 403, 404, 413, 415, 422, 503);
    }

    private static async Task<IResult> LookUpAsync(
        AccountLookUpRequest request, LookUpAccounts lookUp, HttpContext http, CancellationToken cancellationToken) =>
        (request.Ids, request.Emails) switch
        {
            ({ } ids, null) => (await lookUp.ByIdAsync(http.Caller(), ids, cancellationToken)).ToOk(AccountCardsAnswer.From),
            (null, { } emails) =>
                (await lookUp.ByEmailAsync(http.Caller(), ToKeys(emails), cancellationToken)).ToOk(AccountCardsAnswer.From),
            _ => Answers.Problem(OneOfThem),
        };

    private static async Task<IResult> SearchAsync(
        AccountSearchRequest request, LookUpAccounts lookUp, HttpContext http, CancellationToken cancellationToken)
    {
        var criteria = new UserCriteria(request.Query, request.FirstName, request.LastName, request.Email, request.Phone);
        return (await lookUp.MatchAsync(http.Caller(), criteria, cancellationToken)).ToOk(ids => new AccountIdsAnswer(ids));
    }

    // Texts that are not addresses are skipped, because no account has them.
    private static List<string> ToKeys(IReadOnlyList<string> emails)
    {
        var keys = new List<string>(emails.Count);
        foreach (var email in emails)
        {
            if (EmailAddress.TryParse(email, out var address))
            {
                keys.Add(address.Key);
            }
        }

        return keys;
    }
}
