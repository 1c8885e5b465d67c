using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Patron.Accounts.Organizations;

namespace Patron.StaffConsole.Access;

/// <summary>A request to the console: the organization it acts in, and whether the person can choose another one.</summary>
/// <param name="MayChoose">Whether the person is staff of several organizations.</param>
public sealed record ConsoleVisit(Organization Organization, bool MayChoose)
{
    /// <summary>The address of the console's start page for this organization, which its other addresses begin with.</summary>
    public string Path => PathOf(Organization.Number);

    public static string PathOf(long organization) => FormattableString.Invariant($"/console/{organization}");

    /// <summary>The visit of this request. A bug outside of the console's pages.</summary>
    public static ConsoleVisit Of(HttpContext http) => http.Features.GetRequiredFeature<ConsoleVisit>();
}
