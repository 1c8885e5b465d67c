using System.Text.Json.Serialization;

namespace Patron.Dialects.Crm;

/// <summary>JSON of the crm dialect.</summary>
[JsonSerializable(typeof(SignUpRequest))]
[JsonSerializable(typeof(SignedUpAnswer))]
[JsonSerializable(typeof(PersonAnswer))]
[JsonSerializable(typeof(CrmCustomerRequest))]
[JsonSerializable(typeof(CrmCustomerAnswer))]
[JsonSerializable(typeof(PageAnswer<CrmCustomerAnswer>))]
[JsonSerializable(typeof(OrganizationRequest))]
[JsonSerializable(typeof(UpdateOrganizationRequest))]
[JsonSerializable(typeof(OrganizationAnswer))]
[JsonSerializable(typeof(PageAnswer<OrganizationAnswer>))]
[JsonSerializable(typeof(UpdateVendorRequest))]
[JsonSerializable(typeof(VendorAnswer))]
[JsonSerializable(typeof(PageAnswer<VendorAnswer>))]
[JsonSerializable(typeof(ProfileRequest))]
[JsonSerializable(typeof(ProfileAnswer))]
[JsonSerializable(typeof(PageAnswer<ProfileAnswer>))]
internal sealed partial class CrmJson : JsonSerializerContext;
