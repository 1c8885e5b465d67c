using System.Text.Json.Serialization;
using Patron.Customers.Customers;
using Patron.Dialects.Customers;

namespace Patron.Dialects.Profiles;

/// <summary>JSON of the profiles dialect.</summary>
[JsonSerializable(typeof(CustomerProfileRequest))]
[JsonSerializable(typeof(CustomerProfileAnswer))]
[JsonSerializable(typeof(DeletedCustomerProfileAnswer))]
[JsonSerializable(typeof(CheckProfileRequest))]
[JsonSerializable(typeof(CheckProfileAnswer))]
[JsonSerializable(typeof(CountedServiceAnswer))]
[JsonSerializable(typeof(StatsAnswer))]
[JsonSerializable(typeof(IEnumerable<OwnChangeRequestAnswer>))]
internal sealed partial class ProfilesJson : JsonSerializerContext;
