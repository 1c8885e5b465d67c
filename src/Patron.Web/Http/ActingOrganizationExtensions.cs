using Microsoft.AspNetCore.Http;
using Patron.Shared.Callers;
using Patron.Shared.Results;

namespace Patron.Web.Http;

/// <summary>Resolves the organization of requests that name it in the path, query or body instead of the header.</summary>
public static class ActingOrganizationExtensions
{
    /// <summary>Runs the work with the caller acting as <see cref="ActInAsync"/> says.</summary>
    public static async Task<IResult> RunInOrganizationAsync(
        this CallerLookup lookup, HttpContext http, string? organization, Func<Caller, Task<IResult>> work)
    {
        var acting = await lookup.ActInAsync(http, organization);
        return acting.Succeeded(out var there, out var unknown) ? await work(there) : Answers.Problem(unknown);
    }

    /// <summary>
    /// The caller acting in this organization, or without one in that of the header. 404 if it is not one of the caller's.
    /// </summary>
    public static async Task<Result<Caller>> ActInAsync(this CallerLookup lookup, HttpContext http, string? organization) =>
        string.IsNullOrWhiteSpace(organization)
            ? http.Caller()
            : await ActingOrganization.ResolveAsync(http.Caller(), organization, lookup.Home.Id, lookup.Source, http.RequestAborted);
}
