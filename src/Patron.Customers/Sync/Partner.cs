namespace Patron.Customers.Sync;

/// <summary>A partner of the ERP as staff see it: what it says there, what has become of it here, and since when.</summary>
public sealed class Partner
{
    private Partner()
    {
    }

    /// <summary>The ERP's number.</summary>
    public long PartnerId { get; private set; }

    public Guid OrganizationId { get; private set; }

    public PartnerState State { get; private set; }

    /// <summary>Why it is skipped, in conflict or in error.</summary>
    public string? Reason { get; private set; }

    /// <summary>The customer it is tied to.</summary>
    public Guid? CustomerUid { get; private set; }

    /// <summary>What the ERP says of it, as a JSON object; null while it has not been read.</summary>
    public string? Facts { get; private set; }

    public DateTimeOffset? WrittenAt { get; private set; }

    public DateTimeOffset FirstSeenAt { get; private set; }

    /// <summary>When it was read last; the ERP has had it at the last run unless it is gone.</summary>
    public DateTimeOffset LastSeenAt { get; private set; }

    public bool IsActive { get; private set; }

    /// <summary>It is one of several partners of its customer, and that is right.</summary>
    internal void Keep() => (State, Reason) = (PartnerState.Current, null);

    /// <summary>Its customer is its own: it counts as unread, so that the next run brings its values.</summary>
    internal void Take() => (State, Reason) = (PartnerState.Unseen, null);

    /// <summary>It is nobody's.</summary>
    internal void SetAside() => (State, Reason, CustomerUid) = (PartnerState.Skipped, Shared.Text.Words<SkipReason>.Of(SkipReason.SetAside), null);
}
