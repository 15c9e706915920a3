// Types of tools.mjs, which stays plain JavaScript because it runs before TypeScript is installed.
export type Tool = 'chromium' | 'firefox' | 'ip' | 'nft' | 'python' | 'openssl' | 'certutil' | 'uclient';
export const tools: Record<Tool, { variable: string; names: string[]; debian: string }>;
export function findTool(tool: Tool, environment?: NodeJS.ProcessEnv): string | undefined;
export function requireTool(tool: Tool): string;
