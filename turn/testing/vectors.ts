// The test vectors of RFC 5769 and RFC 8489 appendix B.1 (as corrected by erratum 6268). For tests only.

const bytes = (hex: string): Buffer => Buffer.from(hex.replaceAll(/\s/g, ''), 'hex');

/** RFC 5769 §2: the password of the short-term vectors. */
export const shortTermPassword = 'VOkJxbRl1RmTxUk/WvJxBt';

/** RFC 5769 §2.4, after SASLprep. */
export const longTermCredential = {
  username: '\u30de\u30c8\u30ea\u30c3\u30af\u30b9',
  realm: 'example.org',
  password: 'TheMatrIX',
};

/** RFC 5769 §2.1: a Binding request with PRIORITY, ICE-CONTROLLED, USERNAME, integrity and fingerprint. */
export const sampleRequest = bytes(`
  000100582112a442b7e7a701bc34d686fa87dfae802200105354554e207465737420636c69656e74002400046e0001ff80290008932ff9b15126
  3b36000600096576746a3a68367659202020000800149aeaa70cbfd8cb56781ef2b5b2d3f249c1b571a280280004e57a3bcf`);

/** RFC 5769 §2.2: the response with 192.0.2.1:32853. */
export const sampleIpv4Response = bytes(`
  0101003c2112a442b7e7a701bc34d686fa87dfae8022000b7465737420766563746f7220002000080001a147e112a643000800142b91f599fd9e
  90c38c7489f92af9ba53f06be7d780280004c07d4c96`);

/** RFC 5769 §2.3: the response with [2001:db8:1234:5678:11:2233:4455:6677]:32853. */
export const sampleIpv6Response = bytes(`
  010100482112a442b7e7a701bc34d686fa87dfae8022000b7465737420766563746f7220002000140002a1470113a9faa5d3f179bc25f4b5bed2
  b9d900080014a382954e4be67bf11784c97c8292c275bfe3ed4180280004c8fb0b4c`);

/** RFC 5769 §2.4: a request with long-term authentication and no fingerprint. */
export const sampleLongTermRequest = bytes(`
  000100602112a44278ad3433c6ad72c029da412e00060012e3839ee38388e383aae38383e382afe382b900000015001c662f2f3439396b393534
  64364f4c33346f4c394653547679363473410014000b6578616d706c652e6f72670000080014f67024656dd64a3e02b8e0712e85c9a28ca89666`);

/** RFC 8489 §B.1: a request with USERHASH, PASSWORD-ALGORITHM and MESSAGE-INTEGRITY-SHA256. */
export const sampleSha256Request = bytes(`
  000100902112a44278ad3433c6ad72c029da412e001e00204a3cf38fef6992bda952c6780417da0f24819415569e60b205c46e41407f17040015
  00296f624d61744a6f733241414143662f2f3439396b39353464364f4c33346f4c394653547679363473410000000014000b6578616d706c652e
  6f726700001d000400020000001c0020b5c7bf005b6c52a21c51c5e892f81924136296cb927c43149309278cc6518e65`);

/** Each vector with the name that a test title gives it. */
export const vectors = [
  { name: 'RFC 5769 §2.1, request', bytes: sampleRequest },
  { name: 'RFC 5769 §2.2, IPv4 response', bytes: sampleIpv4Response },
  { name: 'RFC 5769 §2.3, IPv6 response', bytes: sampleIpv6Response },
  { name: 'RFC 5769 §2.4, long-term request', bytes: sampleLongTermRequest },
  { name: 'RFC 8489 §B.1, SHA-256 request', bytes: sampleSha256Request },
] as const;
