namespace Patron.Customers.Links;

/// <summary>How it is known that a record is an account's (design.md, 'What joins them').</summary>
public enum LinkEvidence
{
    /// <summary>The account made the record for itself.</summary>
    Registered,

    /// <summary>The account has proven the address that the record claims.</summary>
    EmailProven,

    /// <summary>The person accepted an offer, or linked the record themselves.</summary>
    Accepted,

    /// <summary>Staff vouch for it.</summary>
    Staff,

    /// <summary>A closed network believes what is typed (source 4).</summary>
    Trusted,
}

/// <summary>The reason for a link and the account that made it; null where a program or Patron itself did.</summary>
internal sealed record LinkGrant(LinkEvidence Evidence, Guid? By);
