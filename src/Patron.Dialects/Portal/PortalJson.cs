using System.Text.Json.Serialization;

namespace Patron.Dialects.Portal;

/// <summary>JSON of the portal dialect.</summary>
[JsonSerializable(typeof(PortalDashboardAnswer))]
internal sealed partial class PortalJson : JsonSerializerContext;
