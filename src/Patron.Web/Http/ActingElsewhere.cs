using Microsoft.AspNetCore.Http;
using Patron.Shared.Callers;

namespace Patron.Web.Http;

/// <summary>Requests that name the organization their caller acts in by path, query or body, instead of by the header.</summary>
public static class ActingElsewhere
{
    /// <summary>Works as the caller acting in this organization; 404 where it is none of theirs.</summary>
    public static async Task<IResult> InOrganizationAsync(this CallerLookup lookup, HttpContext http, string organization, Func<Caller, Task<IResult>> work)
    {
        var acting = await ActingOrganization.ResolveAsync(http.Caller(), organization, lookup.Home.Id, lookup.Source, http.RequestAborted);
        return acting.Succeeded(out var there, out var unknown) ? await work(there) : Answers.Problem(unknown);
    }

    /// <summary>The same for an organization that may be left out: then in the one they act in anyway.</summary>
    public static Task<IResult> InNamedOrganizationAsync(this CallerLookup lookup, HttpContext http, string? organization, Func<Caller, Task<IResult>> work) =>
        string.IsNullOrWhiteSpace(organization) ? work(http.Caller()) : lookup.InOrganizationAsync(http, organization, work);
}
