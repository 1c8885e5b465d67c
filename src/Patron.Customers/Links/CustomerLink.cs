namespace Patron.Customers.Links;

/// <summary>How it was established that a record belongs to an account (design.md, 'What joins them').</summary>
public enum LinkEvidence
{
    /// <summary>The account created the record for itself.</summary>
    Registered,

    /// <summary>The account has proven the address that the record claims.</summary>
    EmailProven,

    /// <summary>The person accepted an offer, or linked the record themselves.</summary>
    Accepted,

    /// <summary>Staff linked it.</summary>
    Staff,

    /// <summary>A closed network trusts the entered address (source 4).</summary>
    Trusted,
}

/// <summary>The evidence of a link and the account that created it; null where a program or Patron did.</summary>
internal sealed record LinkGrant(LinkEvidence Evidence, Guid? By);
