using Microsoft.AspNetCore.Http;
using Patron.Shared.Callers;

namespace Patron.Web.Http;

/// <summary>Resolves the organization of requests that name it in the path, query or body instead of the header.</summary>
public static class ActingOrganizationExtensions
{
    /// <summary>Runs the work with the caller acting in this organization. 404 if it is not one of the caller's.</summary>
    public static async Task<IResult> RunInOrganizationAsync(
        this CallerLookup lookup, HttpContext http, string organization, Func<Caller, Task<IResult>> work)
    {
        var acting = await ActingOrganization.ResolveAsync(http.Caller(), organization, lookup.Home.Id, lookup.Source, http.RequestAborted);
        return acting.Succeeded(out var there, out var unknown) ? await work(there) : Answers.Problem(unknown);
    }

    /// <summary>Does the same for an optional organization: without one the caller acts in the organization of the header.</summary>
    public static Task<IResult> RunInOptionalOrganizationAsync(
        this CallerLookup lookup, HttpContext http, string? organization, Func<Caller, Task<IResult>> work) =>
        string.IsNullOrWhiteSpace(organization) ? work(http.Caller()) : lookup.RunInOrganizationAsync(http, organization, work);
}
