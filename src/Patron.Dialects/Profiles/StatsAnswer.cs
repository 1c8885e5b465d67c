using System.Text.Json.Serialization;
using Patron.Customers.Profiles;
using Patron.Dialects.Customers;

namespace Patron.Dialects.Profiles;

/// <summary>Statistics: the caller's own, or the overview for staff.</summary>
[JsonDerivedType(typeof(ProfileStatsAnswer))]
[JsonDerivedType(typeof(StatisticsAnswer))]
public abstract record StatsAnswer
{
    public static StatsAnswer From(ProfileStatistics statistics) =>
        statistics.Own is { } own ? ProfileStatsAnswer.From(own) : StatisticsAnswer.From(statistics.All!);
}

/// <summary>The statistics of one customer.</summary>
public sealed record ProfileStatsAnswer(
    int TotalServices, DateTimeOffset? LastServiceDate, DateTimeOffset CustomerSince, bool IsVerified,
    int ProfileCompleteness) : StatsAnswer
{
    public static ProfileStatsAnswer From(Profile profile) => new(
        profile.Customer.TotalServices, profile.Customer.LastServiceDate, profile.Customer.CustomerSince, profile.Customer.IsVerified,
        profile.Completeness);
}
