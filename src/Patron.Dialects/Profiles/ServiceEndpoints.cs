using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Patron.Customers.Profiles;
using Patron.Dialects.OpenApi;
using Patron.Web.Http;

namespace Patron.Dialects.Profiles;

/// <summary>The other operations of source 3's customer service: checking for a profile, counting services, and statistics.</summary>
internal static class ServiceEndpoints
{
    public static void MapServices(this RouteGroupBuilder profiles)
    {
        profiles.MapPost("/check_profile_exists/", CheckAsync)
            .Describe(
                "check_profile_exists", "Check if a profile exists",
                "Of the acting organization: your own, or for staff another person's with user_id. A deleted one counts as none.")
            .TakesExample(ProfileExamples.Check)
            .Answers<CheckProfileAnswer>(200, "Whether there is one, and its customer_id.", ProfileExamples.Checked)
            .Fails(400, 401, 403, 404, 413, 415, 422, 503);
        profiles.MapPost("/{customer_id}/increment_service/", CountAsync)
            .Describe(
                "increment_service", "Count a service",
                "For staff of the customer's organization: one more service was rendered, just now. Each of many calls at once counts.")
            .Answers<CountedServiceAnswer>(200, "How many there are by now.", ProfileExamples.Counted)
            .Fails(401, 403, 404, 503);
        profiles.MapGet("/stats/", ReadAsync)
            .Describe(
                "get_customer_stats", "Get figures of my profile or organization",
                "A customer hears of their own profile; profile_completeness is how much is there, in percent, of what the setting Customers:ProfileFields counts: a confirmed email, a phone number and an address by default. Staff get the overview of all customers, as under /statistics/overview, with the names of countries in the language of Accept-Language.")
            .Answers<StatsAnswer>(200, "The figures.", ProfileExamples.Stats)
            .Fails(401, 403, 404, 503);
    }

    private static async Task<IResult> CheckAsync(
        CheckProfileRequest? request, CheckProfile check, HttpContext http, CancellationToken cancellationToken) =>
        (await check.HandleAsync(http.Caller(), request?.UserId, cancellationToken)).ToOk(CheckProfileAnswer.From);

    private static async Task<IResult> CountAsync(
        [FromRoute(Name = "customer_id")] string customerId, CountService count, HttpContext http, CancellationToken cancellationToken) =>
        (await count.HandleAsync(http.Caller(), customerId, cancellationToken)).ToOk(CountedServiceAnswer.From);

    private static async Task<IResult> ReadAsync(ReadProfileStatistics read, HttpContext http, CancellationToken cancellationToken)
    {
        var language = RequestLanguage.Negotiate(http.Request);
        return (await read.HandleAsync(http.Caller(), language, cancellationToken)).ToOk(statistics =>
        {
            if (statistics.All is not null)
            {
                http.Response.SetLanguage(language); // Only the overview has names of countries.
            }

            return StatsAnswer.From(statistics);
        });
    }
}
