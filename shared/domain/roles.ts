export type Role = 'agent' | 'supervisor' | 'administrator' | 'integration'
