using System.Text.Json.Serialization;

namespace Patron.Customers.Sync;

/// <summary>The ERP's words as they are kept, and the figures of a run.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ErpPartner))]
[JsonSerializable(typeof(SyncFigures))]
internal sealed partial class ErpJson : JsonSerializerContext;
