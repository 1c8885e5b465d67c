using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Routing;

namespace Patron.Dialects.Staff;

/// <summary>Maps what the staff console shows and no source has: the inbox, and the numbers of its start page.</summary>
public static class StaffEndpoints
{
    public static void MapStaff(this IEndpointRouteBuilder app)
    {
        app.MapInbox();
        app.MapGrowth();
    }

    public static void AddJson(JsonSerializerOptions options) => options.TypeInfoResolverChain.Insert(0, StaffJson.Default);
}

/// <summary>JSON of the inbox and the statistics.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(SnoozeRequest))]
[JsonSerializable(typeof(InboxAnswer))]
[JsonSerializable(typeof(InboxItemAnswer))]
[JsonSerializable(typeof(OpenedInboxItemAnswer))]
[JsonSerializable(typeof(StaffOfferAnswer))]
[JsonSerializable(typeof(GivenUpMessageAnswer))]
[JsonSerializable(typeof(GrowthAnswer))]
[JsonSerializable(typeof(ActivationFiguresAnswer))]
internal sealed partial class StaffJson : JsonSerializerContext;
