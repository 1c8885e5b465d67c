using System.Text.Json.Serialization;
using Patron.Customers.Customers;
using Patron.Customers.Merges;

namespace Patron.Dialects.Customers;

/// <summary>JSON of the customers dialect.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(CustomerRequest))]
[JsonSerializable(typeof(CustomerAnswer))]
[JsonSerializable(typeof(CreatedCustomerAnswer))]
[JsonSerializable(typeof(DeletedCustomerAnswer))]
[JsonSerializable(typeof(ErasedCustomerAnswer))]
[JsonSerializable(typeof(IEnumerable<CustomerListItem>))]
[JsonSerializable(typeof(SearchRequest))]
[JsonSerializable(typeof(SearchAnswer))]
[JsonSerializable(typeof(BulkUpdateRequest))]
[JsonSerializable(typeof(BulkUpdateAnswer))]
[JsonSerializable(typeof(StatisticsAnswer))]
[JsonSerializable(typeof(IEnumerable<string>))]
[JsonSerializable(typeof(IEnumerable<DuplicateAnswer>))]
[JsonSerializable(typeof(IEnumerable<PossibleDuplicateAnswer>))]
[JsonSerializable(typeof(AddressRequest))]
[JsonSerializable(typeof(AddressAnswer))]
[JsonSerializable(typeof(IEnumerable<AddressAnswer>))]
[JsonSerializable(typeof(CommentRequest))]
[JsonSerializable(typeof(CommentAnswer))]
[JsonSerializable(typeof(IEnumerable<CommentAnswer>))]
[JsonSerializable(typeof(IEnumerable<TimelineAnswer>))]
[JsonSerializable(typeof(IEnumerable<AuditAnswer>))]
[JsonSerializable(typeof(JobRequest))]
[JsonSerializable(typeof(JobConfirmation))]
[JsonSerializable(typeof(CreatedJobAnswer))]
[JsonSerializable(typeof(IEnumerable<JobAnswer>))]
[JsonSerializable(typeof(IEnumerable<JobRowAnswer>))]
[JsonSerializable(typeof(MergeCustomersRequest))]
[JsonSerializable(typeof(UndoMergeRequest))]
[JsonSerializable(typeof(MergeResultAnswer))]
[JsonSerializable(typeof(MergesAnswer))]
[JsonSerializable(typeof(MergeView))]
[JsonSerializable(typeof(UndoneMergeAnswer))]
internal sealed partial class CustomersJson : JsonSerializerContext;
