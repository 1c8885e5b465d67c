using System.Text.Json;
using Patron.Accounts.Organizations;
using Patron.Customers.Inbox;
using Patron.Customers.Links;
using Patron.Dialects.Customers;
using Patron.Dialects.Portal;
using Patron.Erp.Partners;
using Patron.Linking.Activation;
using Patron.Shared.Callers;
using Patron.Shared.Inbox;
using Patron.Shared.Outbox;
using Patron.Shared.Text;

namespace Patron.Dialects.Staff;

/// <summary>The day until which an item is hidden.</summary>
public sealed record SnoozeRequest(DateOnly? Until);

/// <summary>Who has taken an item; the name is null where the caller may not see the account.</summary>
public sealed record AssigneeAnswer(Guid Id, string? Name);

/// <summary>An item of the inbox.</summary>
public sealed record InboxItemAnswer(
    long Id, InboxKind Kind, CustomerListItem? Customer, DateTimeOffset CreatedAt, DateTimeOffset? DueAt, AssigneeAnswer? AssignedTo,
    DateTimeOffset? AssignedAt, DateTimeOffset? SnoozedUntil, JsonElement Data, long Version)
{
    internal const string Example = """
        {"id": 42, "kind": "change_request", "customer": null, "created_at": "2026-11-29T10:30:00Z", "due_at": null, "assigned_to": {"id": "0198c0de-1111-7000-8000-000000000001", "name": "Jane Doe"}, "assigned_at": "2026-11-29T11:00:00Z", "snoozed_until": null, "data": {"field": "city"}, "version": 2}
        """;

    public static InboxItemAnswer From(InboxEntry entry) => new(
        entry.Item.Id, entry.Item.Kind, entry.Customer is { } customer ? new CustomerListItem(customer) : null, entry.Item.CreatedAt,
        entry.Item.DueAt, entry.Item.AssignedTo is { } person ? new AssigneeAnswer(person, entry.AssignedName) : null,
        entry.Item.AssignedAt, entry.Item.SnoozedUntil, JsonElement.Parse(entry.Item.Data), entry.Item.Version);
}

/// <summary>A page of the inbox, and how many items each kind has.</summary>
public sealed record InboxAnswer(IReadOnlyList<InboxItemAnswer> Items, IReadOnlyDictionary<string, long> Counts)
{
    public static InboxAnswer From(InboxPage page) => new(
        [.. page.Entries.Select(InboxItemAnswer.From)],
        page.Counts.ByKind.ToDictionary(count => EnumNames<InboxKind>.Of(count.Key), count => count.Value, StringComparer.Ordinal));
}

/// <summary>An offered link.</summary>
public sealed record StaffOfferAnswer(
    long Id, CustomerListItem Customer, Guid UserId, DateTimeOffset MadeAt, Guid? MadeBy, DateTimeOffset ExpiresAt)
{
    internal static string Example => $$"""
        {"id": 7, "customer": {{CustomerListItem.Schema.Example}}, "user_id": "0198c0de-1111-7000-8000-000000000002", "made_at": "2026-11-01T09:00:00Z", "made_by": null, "expires_at": "2026-12-31T09:00:00Z"}
        """;

    public static StaffOfferAnswer From(StaffOffer offer) => new(
        offer.Id, new CustomerListItem(offer.Customer), offer.UserId, offer.MadeAt, offer.MadeBy, offer.ExpiresAt);
}

/// <summary>An invitation to become a member.</summary>
public sealed record MemberInvitationAnswer(
    Guid Id, string Email, OrganizationRole Role, Guid? InvitedBy, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt)
{
    public static MemberInvitationAnswer From(MemberInvitation invitation) => new(
        invitation.Id, invitation.Email, invitation.Role, invitation.InvitedBy, invitation.CreatedAt, invitation.ExpiresAt);
}

/// <summary>A message that was given up.</summary>
public sealed record GivenUpMessageAnswer(
    long Id, string MessageKind, string? To, string? Subject, int Attempts, string? LastError, bool IsRefused, DateTimeOffset CreatedAt,
    DateTimeOffset GivenUpAt)
{
    internal const string Example = """
        {"id": 9, "message_kind": "mail", "to": "jane@example.com", "subject": "Confirm your email address", "attempts": 15, "last_error": "The server can't be reached.", "is_refused": false, "created_at": "2026-11-29T10:30:00Z", "given_up_at": "2026-11-29T22:30:00Z"}
        """;

    public static GivenUpMessageAnswer From(GivenUpMessage message) => new(
        message.Id, message.Kind, message.To, message.Subject, message.Attempts, message.LastError, message.IsRefused, message.CreatedAt,
        message.DeadAt);
}

/// <summary>An import that rejected some of its rows.</summary>
public sealed record ImportAnswer(long Id, string? FileName, long ImportedRows, long RejectedRows, DateTimeOffset FinishedAt)
{
    public static ImportAnswer From(ImportDetails details) => new(
        details.Id, details.FileName, details.Imported, details.Rejected, details.FinishedAt);
}

/// <summary>A record whose address was released, and the record that has that address.</summary>
public sealed record ReleasedClaimAnswer(CustomerListItem Customer, CustomerListItem? Holder)
{
    public static ReleasedClaimAnswer From(ReleasedClaimDetails details) => new(
        new CustomerListItem(details.Customer), details.Holder is { } holder ? new CustomerListItem(holder) : null);
}

/// <summary>An item with what a decision about it needs: the one field of its kind is set.</summary>
public sealed record OpenedInboxItemAnswer(InboxItemAnswer Item, long? Next)
{
    public IReadOnlyList<PartnerAnswer>? Partners { get; init; }

    public ChangeRequestAnswer? ChangeRequest { get; init; }

    public StaffOfferAnswer? Offer { get; init; }

    public InvitationAnswer? Invitation { get; init; }

    public MemberInvitationAnswer? MemberInvitation { get; init; }

    public GivenUpMessageAnswer? Message { get; init; }

    public JobAnswer? Job { get; init; }

    public ImportAnswer? Import { get; init; }

    public IReadOnlyList<DuplicateAnswer>? Duplicates { get; init; }

    public ReleasedClaimAnswer? ReleasedClaim { get; init; }

    public EmailConflictAnswer? EmailConflict { get; init; }

    public static OpenedInboxItemAnswer From(OpenedInboxItem opened)
    {
        var answer = new OpenedInboxItemAnswer(InboxItemAnswer.From(opened.Entry), opened.Next);
        return opened.Details switch
        {
            PartnerDetails details => answer with { Partners = [.. details.Partners.Select(PartnerAnswer.From)] },
            ChangeRequestDetails details => answer with { ChangeRequest = ChangeRequestAnswer.From(details.Request) },
            OfferDetails details => answer with { Offer = StaffOfferAnswer.From(details.Offer) },
            CustomerInvitationDetails details => answer with { Invitation = InvitationAnswer.From(details.Invitation) },
            MemberInvitationDetails details => answer with { MemberInvitation = MemberInvitationAnswer.From(details.Invitation) },
            GivenUpDetails details => answer with { Message = GivenUpMessageAnswer.From(details.Message) },
            JobDetails details => answer with { Job = JobAnswer.From(details.Job) },
            ImportDetails details => answer with { Import = ImportAnswer.From(details) },
            DuplicateDetails details => answer with { Duplicates = [.. details.Pairs.Select(DuplicateAnswer.From)] },
            ReleasedClaimDetails details => answer with { ReleasedClaim = ReleasedClaimAnswer.From(details) },
            EmailConflictDetails details => answer with { EmailConflict = EmailConflictAnswer.From(details.Conflict) },
            _ => throw new InvalidOperationException($"There is no answer for {opened.Details.GetType().Name}."),
        };
    }
}
